"""The matrix as JSON, and as one page that needs nothing else: no network, no other file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby

from flaresmith.compiler.clients.words import one_line
from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import File, Model
from flaresmith.compiler.tracing import COLUMNS, Link, Matrix, Row, matrix

FOLDER = "trace"
TARGET = "trace"
_FOLDED = frozenset({"files", "tests"})
_MOST_OPEN = 3


def emit(model: Model) -> Iterable[File]:
    """Nothing yet: which files there are is known only when all are made."""
    return ()


def summarise(model: Model, made: Sequence[File]) -> Iterable[File]:
    """`trace/matrix.json` and `trace/index.html`."""
    found = matrix(model, made)
    ids = tuple(sorted({row.requirement.id for row in found.rows}))
    yield File(f"{FOLDER}/matrix.json", pretty(found.json()), TARGET, ids)
    yield File(f"{FOLDER}/index.html", page(found), TARGET, ids)


def page(found: Matrix) -> str:
    """The page."""
    style, script = _fixed("page.css"), _fixed("page.js")
    heads = "".join(f'<th scope="col">{column.capitalize()}</th>' for column in COLUMNS)
    replaced = {
        "{title}": _text(found.name) or "This product",
        "{complete}": str(found.complete),
        "{total}": str(len(found.rows)),
        "{counts}": "".join(_count(found, column) for column in COLUMNS),
        "{heads}": heads,
        "{style-hash}": _hash(style),
        "{script-hash}": _hash(script),
        "{style}": style,
        "{script}": script,
        "{bodies}": "\n".join(_bodies(found)),
    }
    return _filled(_fixed("page.html"), replaced)


def _filled(template: str, replaced: dict[str, str]) -> str:
    """The template with its marks replaced once, from left to right: what is put in is never read again."""
    made: list[str] = []
    rest = template
    while rest:
        places = [(rest.find(mark), mark) for mark in replaced if mark in rest]
        if not places:
            break
        at, mark = min(places)
        made += [rest[:at], replaced[mark]]
        rest = rest[at + len(mark) :]
    return "".join([*made, rest])


@cache
def _fixed(name: str) -> str:
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _count(found: Matrix, column: str) -> str:
    total, covered = len(found.rows), found.covered(column)
    return f"<div><dt>have {column}</dt><dd>{covered} <small>of {total}</small></dd></div>"


def _bodies(found: Matrix) -> Iterator[str]:
    for feature, rows in groupby(found.rows, key=lambda row: row.feature):
        head = f'<tr class="feature"><th colspan="{len(COLUMNS) + 1}" scope="colgroup">{_text(feature)}</th></tr>'
        yield "\n".join(["<tbody>", head, *map(_row, rows), "</tbody>"])


def _row(row: Row) -> str:
    one = row.requirement
    lacks = f'<span class="lacks">lacks {", ".join(row.missing)}</span>' if row.missing else ""
    state = lacks or '<span class="whole">lacks nothing</span>'
    where = f'<span class="where">{_text(str(one.source.file))}:{one.source.line}</span>'
    head = f'<th scope="row"><span class="id">{_text(one.id)}</span>{_text(one.text)}{state}{where}</th>'
    cells = "".join(f"<td>{_cell(column, row.links[column])}</td>" for column in COLUMNS)
    mark = ' data-lacks="1"' if row.missing else ""
    return f'<tr class="row"{mark}>{head}{cells}</tr>'


def _cell(column: str, links: Sequence[Link]) -> str:
    if not links:
        return '<span class="none">none</span>'
    listed = f"<ul>{''.join(map(_link, links))}</ul>"
    if column in _FOLDED and len(links) > _MOST_OPEN:
        return f"<details><summary>{len(links)} {column}</summary>{listed}</details>"
    return listed


def _link(link: Link) -> str:
    done = " ✓ done" if link.done else ""
    detail = f" {_text(link.detail)}" if link.detail and link.detail != link.name else ""
    where = f"{link.file}:{link.line}" if link.line else link.file
    place = f'<span class="where">{_text(where)}</span>' if where and where != link.name else ""
    return f'<li><span class="how {link.how}" title="{link.how}">{_text(link.name)}</span>{detail}{done}{place}</li>'


def _text(words: str) -> str:
    """Words of a spec as text of the page."""
    return escape(one_line(words))
