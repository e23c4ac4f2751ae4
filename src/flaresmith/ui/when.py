"""Moments: relative in the text, exact on hover and focus, machine-readable in the markup."""

from __future__ import annotations

from datetime import UTC, datetime

from htpy import Element, time


def when(moment: datetime, *, now: datetime, focusable: bool = False) -> Element:
    """A moment as «4 m ago», kept current by the browser; the exact UTC time shows on hover and on focus.

    Make it focusable where it stands alone; in a table of many rows it would only add stops for the keyboard.
    """
    exact = moment.astimezone(UTC)
    return time(
        ".when",
        datetime=exact.strftime("%Y-%m-%dT%H:%M:%SZ"),
        data_exact=exact.strftime("%Y-%m-%d %H:%M:%S UTC"),
        tabindex="0" if focusable else None,
    )[relative(moment, now)]


def relative(moment: datetime, now: datetime) -> str:
    """`just now`, `12 s ago`, `in 4 m`, `3 h ago`, `6 d ago`; older than 30 days as a date."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) >= 30 * 86400:
        return moment.astimezone(UTC).strftime("%Y-%m-%d")
    if abs(seconds) < 5:
        return "just now"
    size = _size(abs(seconds))
    return f"{size} ago" if seconds > 0 else f"in {size}"


def _size(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"
