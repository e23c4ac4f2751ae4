"""The keyboard: the command palette (⌘K, Ctrl-K), and the sheet of shortcuts (?)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Element, a, button, dd, dialog, div, dl, dt, form, fragment, h2, input, kbd, label, li, p, span, ul

from flaresmith.ui.text import safe_href, visible


@dataclass(frozen=True, slots=True)
class Command:
    """Something to go to or do: its words, its address, and the keys that go there at once (`g p`)."""

    label: str
    href: str
    keys: str = ""
    note: str = ""


SHORTCUTS: tuple[tuple[str, str], ...] = (
    ("⌘ K", "Go to anything"),
    ("/", "Search"),
    ("j", "Next row"),
    ("k", "Previous row"),
    ("Enter", "Open the row"),
    (".", "Actions of the row"),
    ("t", "Change the theme"),
    ("?", "This sheet"),
    ("Esc", "Close"),
)


def palette(commands: Sequence[Command]) -> Element:
    """The command palette: a dialog with everything there is to go to, filtered as one types."""
    return dialog("#palette.palette", aria_label="Go to", closedby="any")[
        label(".sr", for_="palette-query")["Go to"],
        input(
            "#palette-query.input", type="search", autocomplete="off", spellcheck="false", placeholder="Go to …",
            role="combobox", aria_expanded="true", aria_controls="palette-list", aria_autocomplete="list",
        ),
        ul("#palette-list", role="listbox", aria_label="Commands")[
            (_entry(n, each) for n, each in enumerate(commands))
        ],
        p(".palette-none", hidden=True)["Nothing by that name."],
    ]  # fmt: skip


def key_sheet(commands: Sequence[Command]) -> Element:
    """Every shortcut of this page, and the switch that turns single keys off (WCAG 2.1.4)."""
    going = [(each.keys, each.label) for each in commands if each.keys]
    return dialog("#keys.sheet", aria_labelledby="keys-title", closedby="any")[
        h2("#keys-title")["Keyboard"],
        dl(".kv")[(fragment[dt[_keys(keys)], dd[words]] for keys, words in (*SHORTCUTS, *going))],
        form(".stack", method="dialog")[
            label(".choice")[input(type="checkbox", data_single_keys=True), span["Single keys are on"]],
            div(".row")[button(".button")["Close"]],
        ],
    ]


def _entry(number: int, command: Command) -> Element:
    return li(role="presentation")[
        a(
            href=safe_href(command.href), id=f"go-{number}", role="option", aria_selected="false", tabindex="-1",
            data_keys=command.keys or None,
        )[
            span[visible(command.label)],
            command.note and span(".note")[visible(command.note)],
            command.keys and _keys(command.keys),
        ]
    ]  # fmt: skip


def _keys(keys: str) -> Element:
    return span[(fragment[" " if n else None, kbd[each]] for n, each in enumerate(keys.split()))]
