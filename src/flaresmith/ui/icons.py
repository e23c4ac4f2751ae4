"""Our own set of 16 px stroke icons, drawn inline so that they take the colour of the text beside them."""

from __future__ import annotations

from htpy import Element, path, svg

_PATHS = {
    "home": "M2.5 7.5 8 3l5.5 4.5M4 6.5v6.5h8V6.5M6.75 13V9.5h2.5V13",
    "projects": "M2.5 4.5h4l1.5 2h5.5v6.5h-11zM2.5 4.5V3h4l1 1.5",
    "environments": "M2.5 5.25 8 2.5l5.5 2.75L8 8zM2.5 8 8 10.75 13.5 8M2.5 10.75 8 13.5l5.5-2.75",
    "runs": "M2.5 4h1.2M2.5 8h1.2M2.5 12h1.2M6 4h7.5M6 8h7.5M6 12h5",
    "specs": "M4 2.5h5.5L12 5v8.5H4zM9.25 2.5v2.75H12M6 8h4M6 10.5h4",
    "plan": "M5 2.5v5M2.5 5h5M9 11h4.5M3 13.5l10-11",
    "settings": "M2.5 4.5h6M11.5 4.5h2M10 3v3M2.5 11.5h2M7.5 11.5h6M6 10v3",
    "people": "M6 7.5a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5zM2 13c0-2.2 1.8-3.5 4-3.5s4 1.3 4 3.5"
    "M10.5 3.4a2.25 2.25 0 0 1 0 3.7M11.75 9.9c1.4.5 2.25 1.6 2.25 3.1",
    "search": "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.25 10.25l3.25 3.25",
    "copy": "M5.5 5.5h7v7.5h-7zM3.5 10.5v-7.5h6.5",
    "check": "M3 8.5 6.5 12 13 4.5",
    "collapse": "M2.5 3h11v10h-11zM6 3v10M10.75 6.25 9 8l1.75 1.75",
    "more": "M3 7.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8z"
    "M8 7.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8zM13 7.6a.4.4 0 1 0 0 .8.4.4 0 0 0 0-.8z",
    "chevron": "M4.5 6.5 8 10l3.5-3.5",
    "code": "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
    "database": "M3 4.25C3 3.3 5.2 2.5 8 2.5s5 .8 5 1.75S10.8 6 8 6 3 5.2 3 4.25zM3 4.25v7.5c0 .95 2.2 1.75 5 1.75"
    "s5-.8 5-1.75v-7.5M3 8c0 .95 2.2 1.75 5 1.75S13 8.95 13 8",
    "runtime": "M2.5 3.5h11v9h-11zM5 6.5 6.75 8 5 9.5M8 9.75h3",
    "collections": "M3 2.5h10v3H3zM3 6.75h10v3H3zM3 11h10v2.5H3zM10.5 4h.01M10.5 8.25h.01M10.5 12.25h.01",
    "theme": "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 2.5v11M8 5l3.5-1M8 8h5.4M8 11l3.7.8",
    "keyboard": "M1.75 4h12.5v8H1.75zM4 6.5h.01M6.5 6.5h.01M9 6.5h.01M11.5 6.5h.01M4.5 9.5h7",
    "sign-out": "M6.5 2.5h-4v11h4M6 8h7.5M10.75 5.25 13.5 8l-2.75 2.75",
}
NAMES = tuple(_PATHS)
_EMBER = (
    "M8 1.25c.5 2.6 4.75 4.6 4.75 8.6A4.75 4.75 0 0 1 8 14.75a4.75 4.75 0 0 1-4.75-4.9"
    "c0-1.75.95-3 2-3.9 0 1.2.5 1.9 1.25 2.3C6.1 5.6 7 3 8 1.25z"
)
_HEART = "M8.1 8.6c.2 1.1 1.75 1.75 1.75 3.1A1.85 1.85 0 0 1 8 13.4a1.85 1.85 0 0 1-1.85-1.8c0-1.2 1.4-1.7 1.95-3z"


def icon(name: str) -> Element:
    """The icon of that name, hidden from assistive technology: text beside it says what it means."""
    return svg(
        ".icon", viewBox="0 0 16 16", width="16", height="16", fill="none", stroke="currentColor",
        stroke_width="1.4", stroke_linecap="round", stroke_linejoin="round", aria_hidden="true", focusable="false",
    )[path(d=_PATHS[name])]  # fmt: skip


def ember() -> Element:
    """The mark of Flaresmith: an ember with its heart cut out."""
    return svg(".ember", viewBox="0 0 16 16", width="18", height="18", aria_hidden="true", focusable="false")[
        path(fill="currentColor", fill_rule="evenodd", d=_EMBER + _HEART)
    ]
