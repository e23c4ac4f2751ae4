"""Words and values on the page: names, identifiers, durations, code to copy, links that cannot bite."""

from __future__ import annotations

import re
from collections.abc import Iterable

from htpy import Element, Node, a, bdi, button, code, dd, div, dl, dt, fragment, span

from flaresmith.ui.icons import icon

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[^\n])")
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_FORMATS = r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
_INVISIBLE = re.compile(f"[{_CONTROLS}{_FORMATS}]")
_TICKED = re.compile(r"`([^`\n]{1,400})`")
_NOT_IN_ADDRESS = re.compile(r"[\s\\]")
_SCHEME = re.compile(r"([^/?#]*?):")
_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})


def visible(text: str) -> str:
    """The text with colour codes removed and invisible characters (controls, bidi overrides) spelled as ⟨U+202E⟩."""
    return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", _ANSI.sub("", text))


def prose(text: str) -> Node:
    """A sentence of the compiler: what stands between backticks is code; a backtick without its pair stays one."""
    parts = _TICKED.split(text)
    return fragment[(code[visible(part)] if place % 2 else visible(part) for place, part in enumerate(parts) if part)]


def name(text: str) -> Element:
    """A name that a person chose: isolated, so that its direction cannot reorder what stands beside it."""
    return bdi[visible(text)]


def duration(seconds: float) -> str:
    """Elapsed time for people: `3.1 s`, `41 s`, `1 m 10 s`, `2 h 5 m`, `3 d 4 h`."""
    if seconds < 10:
        tenths = int(max(seconds, 0) * 10)
        return f"{tenths // 10}.{tenths % 10} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} m"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`, `1,204 lines`; `many` where adding an s is wrong."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def copy_button(text: str, what: str) -> Element:
    """A button that puts `text` on the clipboard; `what` is its accessible name: «Copy id»."""
    return button(".copy", type="button", data_copy=text, aria_label=f"Copy {what}", title=f"Copy {what}")[icon("copy")]


def identifier(value: str, *, what: str = "id", length: int = 0, href: str = "") -> Element:
    """An id in the mono face, shortened to `length` characters when given, with a button that copies all of it."""
    short = visible(value[:length] if length else value)
    shown = code(".id", title=visible(value) if short != value else None)[short]
    return span(".ident")[a(href=safe_href(href))[shown] if href else shown, copy_button(value, what)]


def code_line(text: str, *, what: str = "command") -> Element:
    """One line of code or a shell command, ready to copy."""
    return div(".codeline")[code[visible(text)], copy_button(text, what)]


def key_values(pairs: Iterable[tuple[str, Node]]) -> Element:
    """A list of named values."""
    return dl(".kv")[(fragment[dt[visible(key)], dd[value]] for key, value in pairs)]


def safe_href(href: str) -> str | None:
    """The address if it is relative or speaks http, https or mailto; otherwise None (no link at all)."""
    if _INVISIBLE.search(href) or _NOT_IN_ADDRESS.search(href):
        return None
    scheme = _SCHEME.match(href)
    return href if scheme is None or scheme[1].lower() in _SAFE_SCHEMES else None


def external_link(href: str, text: Node) -> Element:
    """A link that leaves Flaresmith, marked as such; plain text where the address is not safe to follow."""
    target = safe_href(href)
    if target is None:
        return span[text]
    return a(".external", href=target, rel="noopener noreferrer nofollow", target="_blank")[
        text, " ", span(".glyph", aria_hidden="true")["↗"], span(".sr")[" (new tab)"]
    ]
