"""Small plots as SVG, each with a sentence that says what it shows and a table of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import (
    Element,
    circle,
    details,
    figcaption,
    figure,
    line,
    path,
    polygon,
    summary,
    svg,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)

WIDTH, HEIGHT = 120, 24


@dataclass(frozen=True, slots=True)
class Band:
    """The values above the line: the 95th percentile over the median, one per point."""

    values: tuple[float, ...]
    label: str = "p95"


def sparkline(
    values: Sequence[float], *, title: str, unit: str = "", band: Band | None = None, marks: Sequence[int] = ()
) -> Element:
    """A line of values with its last one printed; `band` shades up to higher values, `marks` tick points (deploys)."""
    if not values:
        return figure(".spark")[figcaption[f"{title}: no data yet"]]
    top = max([*values, *(band.values if band else ())]) or 1.0
    said = f"{title}: last {values[-1]:g}{unit}, lowest {min(values):g}{unit}, highest {max(values):g}{unit}"
    return figure(".spark")[
        svg(viewBox=f"0 0 {WIDTH} {HEIGHT}", width=str(WIDTH), height=str(HEIGHT), role="img", aria_label=said)[
            band is not None and polygon(".band", points=_area(values, band.values, top)),
            (line(".mark", x1=_x(m, len(values)), x2=_x(m, len(values)), y1="20", y2="24") for m in marks),
            path(d=_path(values, top), fill="none", stroke="currentColor", stroke_width="1.25"),
            circle(".last", cx=_x(len(values) - 1, len(values)), cy=_y(values[-1], top), r="2"),
        ],
        figcaption[f"{values[-1]:g}{unit}", band is not None and f" / {band.values[-1]:g}{unit}"],
        details[summary["Numbers"], _numbers(values, band, title)],
    ]


def _numbers(values: Sequence[float], band: Band | None, title: str) -> Element:
    upper = band is not None and th(".num", scope="col")[band.label]
    return table(".table")[
        thead[tr[th(scope="col")["Point"], th(".num", scope="col")[title], upper]],
        tbody[(_point(n, value, band) for n, value in enumerate(values))],
    ]


def _point(n: int, value: float, band: Band | None) -> Element:
    upper = band is not None and td(".num")[f"{band.values[n]:g}"]
    return tr[th(scope="row")[n + 1], td(".num")[f"{value:g}"], upper]


def _path(values: Sequence[float], top: float) -> str:
    points = [f"{_x(n, len(values))} {_y(value, top)}" for n, value in enumerate(values)]
    return "M" + "L".join(points)


def _area(low: Sequence[float], high: Sequence[float], top: float) -> str:
    count = len(low)
    upper = [f"{_x(n, count)},{_y(value, top)}" for n, value in enumerate(high)]
    lower = [f"{_x(n, count)},{_y(value, top)}" for n, value in reversed(list(enumerate(low)))]
    return " ".join(upper + lower)


def _x(index: int, count: int) -> str:
    return f"{2 + index * (WIDTH - 4) / max(count - 1, 1):.1f}"


def _y(value: float, top: float) -> str:
    return f"{HEIGHT - 3 - max(value, 0) / top * (HEIGHT - 6):.1f}"
