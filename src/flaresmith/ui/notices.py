"""Messages that pass: what the last action did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Element, Node, div, span

from flaresmith.ui.status import Status, Tone, status

_WORDS = {
    Tone.OK: Status("Done", "✓", Tone.OK),
    Tone.WARN: Status("Note", "▲", Tone.WARN),
    Tone.BAD: Status("Failed", "■", Tone.BAD),
    Tone.IDLE: Status("Note", "○", Tone.IDLE),
    Tone.LIVE: Status("Running", "◐", Tone.LIVE),
}


@dataclass(frozen=True, slots=True)
class Flash:
    """One message about the last action: what happened, in a sentence."""

    message: Node
    tone: Tone = Tone.OK


def flashes(messages: Sequence[Flash]) -> Element | None:
    """The messages at the head of a page."""
    if not messages:
        return None
    return div[(_notice(each) for each in messages)]


def toast(flash: Flash) -> Element:
    """A message as a fragment for `#toasts` (`hx-swap="beforeend"`); it stays until the page changes."""
    return _notice(flash)


def _notice(flash: Flash) -> Element:
    role = "alert" if flash.tone is Tone.BAD else "status"
    return div(".notice", data_tone=flash.tone.value, role=role)[status(_WORDS[flash.tone]), span[flash.message]]
