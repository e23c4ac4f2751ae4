"""The environment matrix: what runs where. Rows are the parts of a product, columns its environments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from htpy import Element, a, caption, code, div, small, span, table, tbody, td, th, thead, tr

from flaresmith.ui.icons import NAMES, icon
from flaresmith.ui.status import Status, environment_status, status
from flaresmith.ui.text import copy_button, external_link, name, safe_href, visible
from flaresmith.ui.when import when


@dataclass(frozen=True, slots=True)
class Environment:
    """One column: its name, where its page is, its state (§2.1) and the address at which it answers."""

    name: str
    href: str
    state: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one part is in one environment: a short version, its state in words, and since when.

    `value` is what the copy button gives (a full commit id, a DSN without its password); empty for none.
    """

    version: str
    state: Status
    href: str = ""
    value: str = ""
    note: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One row: code, database, runtime or collections; a cell per environment, None where there is none."""

    kind: str
    title: str
    cells: tuple[Cell | None, ...]
    detail: str = ""


def matrix(environments: Sequence[Environment], parts: Sequence[Part], *, now: datetime, title: str) -> Element:
    """The matrix of a project. Every part has as many cells as there are environments."""
    return div(".scroll", tabindex="0", role="region", aria_label=title)[
        table(".matrix")[
            caption(".sr")[visible(title)],
            thead[tr[td[span(".sr")["Part"]], (_column(each) for each in environments)]],
            tbody[(_part(part, environments, now) for part in parts)],
        ]
    ]


def _column(environment: Environment) -> Element:
    return th(scope="col")[
        span(".env")[
            a(href=safe_href(environment.href))[name(environment.name)],
            environment_status(environment.state),
        ],
        environment.url and span(".url")[external_link(environment.url, visible(_short(environment.url)))],
        environment.note and small[visible(environment.note)],
    ]


def _part(part: Part, environments: Sequence[Environment], now: datetime) -> Element:
    paired = zip(environments, part.cells, strict=True)
    return tr[
        th(scope="row")[
            div(".row")[part.kind in NAMES and icon(part.kind), visible(part.title)],
            part.detail and small[visible(part.detail)],
        ],
        (_cell(cell, f"{part.title} of {environment.name}", now) for environment, cell in paired),
    ]


def _cell(cell: Cell | None, what: str, now: datetime) -> Element:
    if cell is None:
        return td[span(".none")["–", span(".sr")[" none"]]]
    version = code[visible(cell.version)]
    return td[
        div(".what")[
            a(href=safe_href(cell.href))[version] if cell.href else version,
            cell.value and copy_button(cell.value, what),
        ],
        div(".how")[
            status(cell.state, note=visible(cell.note) if cell.note else None),
            cell.since is not None and when(cell.since, now=now),
        ],
    ]


def _short(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")
