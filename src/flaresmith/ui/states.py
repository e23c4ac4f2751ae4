"""What a page shows when it has nothing or not everything: empty, failed, partial, offline, forbidden, loading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from htpy import Element, Node, a, div, h2, p, span

from flaresmith.ui.status import Status, Tone, status
from flaresmith.ui.text import code_line, identifier, key_values, name, safe_href, visible
from flaresmith.ui.when import when


def empty(title: str, why: str, *, action: Node = None, command: str = "") -> Element:
    """Nothing here yet: what it would be, why there is none, one action, the same on the command line."""
    return div(".state")[
        h2[title],
        p(".muted")[why],
        action is not None and div(".row")[action],
        command and code_line(command),
    ]


def failed(
    title: str, what: str, *, correlation_id: str = "", hint: str = "", retry_href: str = "", still_works: str = ""
) -> Element:
    """Something failed: what, the id to quote, how to try again, and what still works."""
    facts: list[tuple[str, Node]] = []
    if correlation_id:
        facts.append(("Quote this id", identifier(correlation_id)))
    if still_works:
        facts.append(("Still works", visible(still_works)))
    return div(".state", data_tone="bad", role="alert")[
        status(Status("Failed", "■", Tone.BAD)),
        h2[visible(title)],
        p[visible(what)],
        hint and p(".muted")[visible(hint)],
        bool(facts) and key_values(facts),
        retry_href and a(".button", href=safe_href(retry_href))["Try again"],
    ]


def partial(what: str, *, since: datetime, now: datetime) -> Element:
    """Part of the page is old because a part of the system is away: what, and since when."""
    return div(".notice", data_tone="warn", role="status")[
        status(Status("Stale", "▲", Tone.WARN)), span[visible(what)], span(".muted")["since ", when(since, now=now)]
    ]


def offline() -> Element:
    """The banner that appears when the browser has lost the network; hidden until then."""
    return div("#offline.notice", data_tone="warn", role="status", hidden=True)[
        status(Status("Offline", "▲", Tone.WARN)),
        span["This page shows what was loaded last. Nothing can be changed until the connection is back."],
    ]


def forbidden(what: str, *, role: str, holders: Sequence[str] = ()) -> Element:
    """Not allowed: which role it takes, and who holds it."""
    held = [holder for each in holders for holder in (", ", name(each))][1:]
    return div(".state")[
        status(Status("Not allowed", "□", Tone.IDLE)),
        h2[visible(what)],
        p(".muted")[f"This needs the role {visible(role)}."],
        bool(held) and p(".muted")["Ask ", held, "."],
    ]


def loading(label: str, *, lines: int = 6) -> Element:
    """The place of something that is on its way; the bars show only after 150 ms."""
    return div(role="status", aria_label=label, data_loading=True)[
        (span(".ghost", aria_hidden="true") for _ in range(lines))
    ]
