"""State as glyph, word and colour together, for environments, runs, steps and health; never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from htpy import Element, Node, span

from flaresmith.ui.text import visible


class Tone(StrEnum):
    """What a colour means: fine, happening right now, look here, broken, at rest."""

    OK = "ok"
    LIVE = "live"
    WARN = "warn"
    BAD = "bad"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Status:
    """One state as it is shown."""

    word: str
    glyph: str
    tone: Tone


ENVIRONMENT: Mapping[str, Status] = {
    "pending": Status("Pending", "○", Tone.IDLE),
    "provisioning": Status("Provisioning", "◐", Tone.LIVE),
    "active": Status("Active", "●", Tone.OK),
    "updating": Status("Updating", "◐", Tone.LIVE),
    "validating": Status("Validating", "◑", Tone.LIVE),
    "error": Status("Error", "▲", Tone.BAD),
    "failed": Status("Failed", "■", Tone.BAD),
    "archived": Status("Archived", "□", Tone.IDLE),
}
RUN: Mapping[str, Status] = {
    "queued": Status("Queued", "○", Tone.IDLE),
    "running": Status("Running", "◐", Tone.LIVE),
    "waiting": Status("Waiting for you", "▲", Tone.WARN),
    "done": Status("Done", "✓", Tone.OK),
    "failed": Status("Failed", "■", Tone.BAD),
    "cancelled": Status("Cancelled", "□", Tone.IDLE),
}
STEP: Mapping[str, Status] = {
    "waiting": Status("Waiting", "·", Tone.IDLE),
    "running": Status("Running", "◐", Tone.LIVE),
    "retrying": Status("Retrying", "▲", Tone.WARN),
    "done": Status("Done", "✓", Tone.OK),
    "unchanged": Status("Unchanged", "=", Tone.IDLE),
    "skipped": Status("Skipped", "–", Tone.IDLE),
    "failed": Status("Failed", "■", Tone.BAD),
    "interrupted": Status("Interrupted", "▲", Tone.WARN),
    "unreached": Status("Not reached", "–", Tone.IDLE),
}
HEALTH: Mapping[str, Status] = {
    "ok": Status("OK", "●", Tone.OK),
    "degraded": Status("Degraded", "▲", Tone.WARN),
    "behind": Status("Behind", "▲", Tone.WARN),
    "starting": Status("Starting", "◐", Tone.LIVE),
    "down": Status("Down", "■", Tone.BAD),
    "missing": Status("Missing", "■", Tone.BAD),
    "stale": Status("Stale", "◌", Tone.IDLE),
    "none": Status("None", "–", Tone.IDLE),
    "unknown": Status("Unknown", "○", Tone.IDLE),
}


def status(shown: Status, *, note: Node = None) -> Element:
    """One state; `note` adds a few words after it (`2 behind`)."""
    return span(".status", data_tone=shown.tone.value)[
        span(".glyph", aria_hidden="true")[shown.glyph],
        span(".word")[visible(shown.word)],
        note is not None and span(".note")[note],
    ]


def find(states: Mapping[str, Status], state: str) -> Status:
    """How that state is shown; one we have no picture for is shown by its own word."""
    return states.get(state) or Status(visible(state) or "Unknown", "○", Tone.IDLE)


def environment_status(state: str, *, note: Node = None) -> Element:
    """The state of an environment, by one of the eight words of its state machine (§2.1)."""
    return status(find(ENVIRONMENT, state), note=note)


def run_status(state: str, *, note: Node = None) -> Element:
    """The state of a run: queued, running, waiting, done, failed, cancelled."""
    return status(find(RUN, state), note=note)


def step_status(state: str, *, note: Node = None) -> Element:
    """The state of one step of a run."""
    return status(find(STEP, state), note=note)


def health_status(state: str, *, note: Node = None) -> Element:
    """How something that runs is doing: ok, degraded, behind, starting, down, missing, stale, none, unknown."""
    return status(find(HEALTH, state), note=note)
