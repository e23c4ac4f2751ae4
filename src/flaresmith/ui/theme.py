"""Warm paper, night, or as the system says: read from and kept in a cookie that holds nothing else."""

from __future__ import annotations

from enum import StrEnum
from http.cookies import CookieError, SimpleCookie

from htpy import Element, button, div, form, input, span

from flaresmith.ui.text import safe_href

COOKIE = "fs_theme"


class Theme(StrEnum):
    """The two themes, and the choice to follow the system."""

    AUTO = "auto"
    PAPER = "paper"
    NIGHT = "night"


def theme_from_cookies(header: str | None) -> Theme:
    """The theme that a request's Cookie header asks for; anything unknown means auto."""
    value = _cookie(header, COOKIE)
    return Theme(value) if value in {each.value for each in Theme} else Theme.AUTO


def narrow_rail(header: str | None) -> bool:
    """Whether the person has folded the left rail (cookie `fs_rail=narrow`)."""
    return _cookie(header, "fs_rail") == "narrow"


def theme_cookie(theme: Theme, *, secure: bool) -> str:
    """The Set-Cookie value that keeps a theme for a year; the browser modules write the same cookie."""
    return f"{COOKIE}={theme.value}; Path=/; Max-Age=31536000; SameSite=Lax" + ("; Secure" if secure else "")


def theme_form(theme: Theme, *, action: str, csrf: str) -> Element:
    """Three buttons that set the theme; without JavaScript they post `theme` to `action`, which sets the cookie."""
    return form(".themes", method="post", action=safe_href(action))[
        input(type="hidden", name="csrf_token", value=csrf),
        span["Theme"],
        div(".row")[(_choice(each, theme) for each in Theme)],
    ]


def _choice(each: Theme, current: Theme) -> Element:
    pressed = "true" if each is current else "false"
    return button(name="theme", value=each.value, aria_pressed=pressed, data_theme_set=each.value)[each.value.title()]


def _cookie(header: str | None, name: str) -> str:
    try:
        found = SimpleCookie(header or "").get(name)
    except CookieError:
        return ""
    return found.value if found else ""
