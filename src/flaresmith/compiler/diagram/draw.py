"""The picture as SVG: light and dark by itself, readable without colour, and described for those who hear it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise
from urllib.parse import quote

from flaresmith.compiler.clients.words import one_line
from flaresmith.compiler.diagram.graph import HEAD, ROW, Box, Graph, Line, Row, kind_text, name_text, title_text
from flaresmith.compiler.diagram.place import Placed, Routed, place
from flaresmith.compiler.diagram.route import Bend

_ROUND = 5
_ADDRESS = "/#?=.:~-_%"
_STYLE = """\
svg{--paper:#faf8f4;--box:#fffefb;--head:#efe9dc;--ink:#1d1b18;--quiet:#655f56;--edge:#8b8478;--rule:#ddd6c9;--key:#1c4fb0}
@media(prefers-color-scheme:dark){svg{--paper:#16171a;--box:#1e2024;--head:#2a2d33;--ink:#ece8e1;--quiet:#a8a297;\
--edge:#7d7a74;--rule:#383b42;--key:#8fb4ff}}
.paper{fill:var(--paper)}.box{fill:var(--box);stroke:var(--edge)}.elsewhere .box{stroke-dasharray:4 3}
.head{fill:var(--head)}.rule{stroke:var(--edge)}.line{stroke:var(--rule)}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--ink)}
.title{font:600 13px system-ui,sans-serif}.type,.more{fill:var(--quiet)}.type{text-anchor:end}
.mark{font-size:9.5px;font-weight:700;fill:var(--key);letter-spacing:.02em}.key{font-weight:700}
.edge{fill:none;stroke:var(--edge);stroke-width:1.3}.end{fill:var(--paper);stroke:var(--edge);stroke-width:1.3}
a:hover .title,a:focus .title{text-decoration:underline}g.edge-group:hover .edge{stroke:var(--key);stroke-width:2}
"""


def draw(graph: Graph, title: str, href: Callable[[str], str] | None = None, prefix: str = "erd") -> str:
    """The SVG of a graph. `href` gives the address that a box's title leads to; `prefix` starts every id.

    An empty graph is a picture that says so.
    """
    picture = place(graph)
    width, height = max(int(picture.width) + 1, 320), max(int(picture.height) + 1, 80)
    said = escape(one_line(title))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-labelledby="{prefix}-title {prefix}-desc">',
        f'<title id="{prefix}-title">{said}</title>',
        f'<desc id="{prefix}-desc">{escape(_described(graph))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *(_edge(routed) for routed in picture.lines),
        *(_table(placed, href, prefix) for placed in picture.boxes),
    ]
    if not picture.boxes:
        parts.append('<text class="more" x="24" y="44">There are no entities.</text>')
    return "\n".join([*parts, "</svg>", ""])


def _described(graph: Graph) -> str:
    """The picture in words: what there is, and what refers to what."""
    names = ", ".join(one_line(box.name) for box in graph.boxes)
    lines = "; ".join(_sentence(line) for line in graph.lines)
    return f"{len(graph.boxes)} entities: {names}. {lines}." if lines else f"{len(graph.boxes)} entities: {names}."


def _sentence(line: Line) -> str:
    child, parent = one_line(line.child), one_line(line.parent)
    if line.is_many:
        return f"many {child} to many {parent}"
    how = "one" if line.is_one else "many"
    return f"{how} {child} to {'at most one' if line.is_optional else 'one'} {parent} by {one_line(line.row)}"


def _table(placed: Placed, href: Callable[[str], str] | None, prefix: str) -> str:
    box, x, y = placed.box, _number(placed.x), _number(placed.y)
    name = escape(one_line(title_text(box)))
    title = f'<text class="title" x="12" y="20">{name}</text>'
    if href is not None:
        title = f'<a href="{quote(one_line(href(box.name)), safe=_ADDRESS)}">{title}</a>'
    hint = f"<title>{escape(one_line(box.name))}{_about(box)}</title>"
    kind = "" if box.rows or box.more else ' class="elsewhere"'
    inner = "".join(_rows(box))
    rule = f'<path class="rule" d="M0 {HEAD}H{box.width}"/>' if inner else ""
    frame = f'<rect class="box" width="{box.width}" height="{box.height}" rx="3"/>'
    head = f'<path class="head" d="M.5 {HEAD}V3.5a3 3 0 0 1 3-3H{box.width - 3.5}a3 3 0 0 1 3 3V{HEAD}z"/>'
    opening = f'<g id="{prefix}-{_slug(box.name)}" transform="translate({x} {y})"{kind}>'
    return f"{opening}{hint}{frame}{head}{rule}{title}{inner}</g>"


def _about(box: Box) -> str:
    said = one_line(box.description)
    return f": {escape(said[:200])}" if said else ""


def _rows(box: Box) -> Iterator[str]:
    for index, row in enumerate(box.rows):
        top = HEAD + index * ROW
        middle = top + 14
        if index:
            yield f'<path class="line" d="M1 {top}H{box.width - 1}"/>'
        if mark := _mark(row):
            yield f'<text class="mark" x="8" y="{middle}">{mark}</text>'
        kind = ' class="key"' if row.is_key else ""
        yield f'<text{kind} x="32" y="{middle}">{escape(one_line(name_text(row)))}</text>'
        yield f'<text class="type" x="{box.width - 10}" y="{middle}">{escape(one_line(kind_text(row)))}</text>'
    if box.more:
        yield f'<text class="more" x="32" y="{HEAD + len(box.rows) * ROW + 14}">and {box.more} more</text>'


def _mark(row: Row) -> str:
    if row.is_key:
        return "PK" if not row.is_reference else "PF"
    return "FK" if row.is_reference else "U" if row.is_unique else ""


def _edge(routed: Routed) -> str:
    line = routed.line
    what = f"<title>{escape(_sentence(line))}</title>"
    ends = _one_end(routed.points, is_optional=line.is_optional, is_many=line.is_many)
    ends += _many_end(routed.points[::-1], is_one=line.is_one)
    return f'<g class="edge-group">{what}<path class="edge" d="{_rounded(routed.points)}"/>{ends}</g>'


def _rounded(points: Sequence[Bend]) -> str:
    """Straight pieces with small round corners."""
    corners = [
        points[0],
        *(b for a, b, c in zip(points, points[1:], points[2:], strict=False) if not _in_line(a, b, c)),
        points[-1],
    ]
    made = [f"M{_number(corners[0].x)} {_number(corners[0].y)}"]
    for (a, b), c in zip(pairwise(corners), [*corners[2:], None], strict=True):
        if c is None:
            made.append(f"L{_number(b.x)} {_number(b.y)}")
            continue
        radius = min(_ROUND, _distance(a, b) / 2, _distance(b, c) / 2)
        before, behind = _towards(b, a, radius), _towards(b, c, radius)
        made.append(f"L{_at(before)}Q{_at(b)} {_at(behind)}")
    return "".join(made)


def _in_line(a: Bend, b: Bend, c: Bend) -> bool:
    return (a.x == b.x == c.x) or (a.y == b.y == c.y)


def _distance(a: Bend, b: Bend) -> float:
    return abs(a.x - b.x) + abs(a.y - b.y)


def _towards(a: Bend, b: Bend, length: float) -> Bend:
    whole = _distance(a, b) or 1
    return Bend(a.x + (b.x - a.x) * length / whole, a.y + (b.y - a.y) * length / whole)


def _one_end(points: Sequence[Bend], *, is_optional: bool, is_many: bool) -> str:
    """At the parent: one bar and a second, or a ring where there may be none; a foot where both sides are many."""
    if is_many:
        return _many_end(points, is_one=False)
    x, y, way = points[0].x, points[0].y, 1 if points[1].x >= points[0].x else -1
    bar = f'<path class="edge" d="M{_number(x + 7 * way)} {_number(y - 5)}v10"/>'
    if is_optional:
        return f'{bar}<circle class="end" cx="{_number(x + 14 * way)}" cy="{_number(y)}" r="4"/>'
    return f'{bar}<path class="edge" d="M{_number(x + 11 * way)} {_number(y - 5)}v10"/>'


def _many_end(points: Sequence[Bend], *, is_one: bool) -> str:
    """At the child: a foot of three toes, or a bar where there is one at the most; the ring says there may be none."""
    x, y, way = points[0].x, points[0].y, 1 if points[1].x >= points[0].x else -1
    if is_one:
        foot = f'<path class="edge" d="M{_number(x + 8 * way)} {_number(y - 5)}v10"/>'
    else:
        toes = f"M{_number(x)} {_number(y - 6)}L{_number(x + 11 * way)} {_number(y)}L{_number(x)} {_number(y + 6)}"
        foot = f'<path class="edge" d="{toes}"/>'
    return f'{foot}<circle class="end" cx="{_number(x + 15 * way)}" cy="{_number(y)}" r="4"/>'


def _slug(name: str) -> str:
    """A name as part of an id."""
    return "".join(
        character if character.isascii() and character.isalnum() else f"-{ord(character):x}" for character in name
    )


def _at(point: Bend) -> str:
    return f"{_number(point.x)} {_number(point.y)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
