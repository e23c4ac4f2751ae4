"""Data tables: a caption, sortable headings that are links, row actions, paging; the state lives in the URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from htpy import (
    Element,
    Node,
    a,
    button,
    caption,
    details,
    div,
    form,
    input,
    p,
    span,
    summary,
    tbody,
    td,
    th,
    thead,
    tr,
)
from htpy import nav as nav_
from htpy import table as table_

from flaresmith.ui.icons import icon
from flaresmith.ui.text import counted, safe_href, visible


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `sort` is the key that its heading sorts by, empty where it cannot."""

    title: str
    sort: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of the rows now, and the address of the page in another order."""

    key: str
    descending: bool
    href: Callable[[str, bool], str]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done to a row: a link, or a form that posts `fields`."""

    label: str
    href: str
    post: bool = False
    danger: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the name that identifies it comes first, as a link where `href` is given."""

    name: Node
    cells: tuple[Node, ...]
    href: str = ""
    label: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """Cursor paging: how many rows there are where that is known, and the addresses of the neighbours."""

    shown: int
    total: int | None = None
    previous: str = ""
    next: str = ""
    noun: str = field(default="row")


def data_table(
    title: str, columns: Sequence[Column], rows: Sequence[Row], *,
    sort: Sort | None = None, pages: Pages | None = None, csrf: str = "", empty: Node = None,
) -> Element:  # fmt: skip
    """A table of rows that `j` and `k` walk through; `empty` is shown instead of a table without rows."""
    if not rows and empty is not None:
        return div[empty]
    acting = any(row.actions for row in rows)
    headings = (_heading(column, sort) for column in columns)
    return div(".stack")[
        div(".scroll", tabindex="0", role="region", aria_label=title)[
            table_(".table", data_rows=True)[
                caption(".sr")[title],
                thead[tr[headings, acting and th(".actions")[span(".sr")["Actions"]]]],
                tbody[(_row(row, columns, acting, csrf) for row in rows)],
            ]
        ],
        pages is not None and _pager(pages),
    ]


def actions_menu(actions: Sequence[Action], *, label: str, csrf: str) -> Element:
    """The `⋯` menu: opens without JavaScript, posts where an action changes something."""
    return details(".menu.end", data_menu=True)[
        summary(aria_label=f"Actions for {label}" if label else "Actions")[icon("more")],
        div[(_action(action, csrf) for action in actions)],
    ]


def _heading(column: Column, sort: Sort | None) -> Element:
    numeric = "num" if column.numeric else None
    if sort is None or not column.sort:
        return th(scope="col", class_=numeric)[column.title]
    current = sort.key == column.sort
    descending = current and not sort.descending
    direction = ("descending" if sort.descending else "ascending") if current else None
    arrow = (" ↓" if sort.descending else " ↑") if current else ""
    return th(scope="col", class_=numeric, aria_sort=direction)[
        a(href=safe_href(sort.href(column.sort, descending)))[column.title, arrow and span(aria_hidden="true")[arrow]]
    ]


def _row(row: Row, columns: Sequence[Column], acting: bool, csrf: str) -> Element:
    first = a(href=safe_href(row.href), data_open_row=True)[row.name] if row.href else row.name
    cells = zip(columns[1:], row.cells, strict=True)
    return tr[
        th(scope="row")[first],
        (td(class_="num" if column.numeric else None)[cell] for column, cell in cells),
        acting and td(".actions")[_menu(row, csrf)],
    ]


def _menu(row: Row, csrf: str) -> Element | None:
    return actions_menu(row.actions, label=visible(row.label), csrf=csrf) if row.actions else None


def _action(action: Action, csrf: str) -> Element:
    danger = "danger" if action.danger else None
    if not action.post:
        return a(href=safe_href(action.href), class_=danger)[action.label]
    return form(method="post", action=safe_href(action.href))[
        input(type="hidden", name="csrf_token", value=csrf),
        (input(type="hidden", name=key, value=value) for key, value in action.fields),
        button(class_=danger)[action.label],
    ]


def _pager(pages: Pages) -> Element:
    total = counted(pages.shown if pages.total is None else pages.total, pages.noun)
    return nav_(".pager", aria_label="Pages")[
        p[total if pages.total is None else f"{pages.shown:,} of {total}"],
        span(".row")[
            pages.previous and a(href=safe_href(pages.previous), rel="prev")["Previous"],
            pages.next and a(href=safe_href(pages.next), rel="next")["Next"],
        ],
    ]
