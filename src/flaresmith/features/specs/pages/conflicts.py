"""Conflicts as a page: per place what was generated before, yours and the new one, side by side, and a choice.

Nothing is written by choosing. A choice is changed or taken back until the plan is applied, and a text of one's own is
kept whatever is chosen. It works without a script, and with a keyboard alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from htpy import (
    Element,
    button,
    code,
    div,
    fieldset,
    h2,
    h3,
    input,
    label,
    legend,
    li,
    p,
    pre,
    section,
    span,
    textarea,
    ul,
)

from flaresmith.compiler.merge import Take
from flaresmith.features.specs.schemas import Accept
from flaresmith.kit.errors import BadRequest
from flaresmith.ui.text import counted, visible

MOST_SHOWN = 20_000  # characters of one side
_SIDES = (("base", "Generated before"), ("ours", "Yours, on dev"), ("theirs", "Generated now"))
_CHOICES = (
    ("", "Not decided yet"),
    (Take.OURS, "Keep yours"),
    (Take.THEIRS, "Take the generated one"),
    (Take.EDIT, "Write your own"),
)


def section_of(conflicts: Sequence[Mapping[str, Any]], decided: Sequence[Accept]) -> Element | None:
    """What is to be decided, as a part of the form that applies; `decided` are the choices sent with it before."""
    open_paths = {str(conflict["path"]) for conflict in conflicts}
    settled = [choice for choice in decided if choice.path not in open_paths]
    if not conflicts and not settled:
        return None
    places = sum(len(conflict["hunks"]) for conflict in conflicts)
    return section("#conflicts.section")[
        h2["Conflicts"],
        bool(conflicts)
        and p(".muted")[
            f"{counted(places, 'place')} in {counted(len(conflicts), 'file')} changed on both sides. "
            "Nothing is written before everything is decided and applied."
        ],
        (_file(index, conflict) for index, conflict in enumerate(conflicts)),
        bool(settled) and _settled(settled),
        button(".button", type="reset")["Undo the choices made here"],
    ]


def choices(form: Any) -> list[Accept]:
    """The decisions in a submitted form; what is undecided, or was taken back, is left out. BadRequest for nonsense."""
    try:
        return list(_sent(form))
    except ValueError:
        raise BadRequest("These decisions cannot be read. Make the plan again.") from None


def _sent(form: Any) -> Iterator[Accept]:
    for sent in form.getlist("settled"):
        yield Accept.model_validate_json(str(sent))
    index = 0
    while path := str(form.get(f"path-{index}", "")):
        mark = str(form.get(f"fingerprint-{index}", ""))
        for hunk in _hunks(form, index):
            take = str(form.get(f"take-{index}-{hunk}", ""))
            if take in set(Take):
                text = _unix(form.get(f"text-{index}-{hunk}", "")) if take == Take.EDIT else None
                yield Accept(path=path, take=Take(take), hunk=hunk, text=text, fingerprint=mark)
        index += 1


def _hunks(form: Any, index: int) -> Iterator[int]:
    many = str(form.get(f"hunks-{index}", "0"))
    return iter(range(1, int(many) + 1 if many.isdecimal() and len(many) < 6 else 1))


def _file(index: int, conflict: Mapping[str, Any]) -> Element:
    origin = [*conflict["requirements"], *conflict["sources"]]
    return section(".conflict")[
        h3[code[visible(conflict["path"])]],
        p(".muted")[visible(conflict["suggestion"]), bool(origin) and f" From {visible(', '.join(origin[:12]))}."],
        input(type="hidden", name=f"path-{index}", value=conflict["path"]),
        input(type="hidden", name=f"fingerprint-{index}", value=conflict["fingerprint"]),
        input(type="hidden", name=f"hunks-{index}", value=str(len(conflict["hunks"]))),
        (_hunk(f"{index}-{hunk['number']}", conflict["path"], hunk) for hunk in conflict["hunks"]),
    ]


def _hunk(key: str, path: str, hunk: Mapping[str, Any]) -> Element:
    where = visible(str(hunk["where"]) or "the file")
    return fieldset(".field")[
        legend[f"Place {hunk['number']}, line {hunk['line']}: {where}"],
        div(".panes")[(_pane(words, str(hunk[side]), path) for side, words in _SIDES)],
        div(".row")[(_option(key, value, words, hunk["resolution"] or "") for value, words in _CHOICES)],
        textarea(
            ".input.mono", name=f"text-{key}", rows="4", spellcheck="false", aria_label=f"Your own text for {where}"
        )["\n" + (hunk["text"] if hunk["text"] is not None else str(hunk["ours"]))],
    ]


def _pane(words: str, text: str, path: str) -> Element:
    shown = text[:MOST_SHOWN] + (f"\n… {len(text) - MOST_SHOWN:,} more characters" if len(text) > MOST_SHOWN else "")
    return div[
        p(".muted")[words],
        pre(".log", tabindex="0", role="region", aria_label=f"{words}: {visible(path)}")[
            visible(shown) if text else span(".muted")["nothing"]
        ],
    ]


def _option(key: str, value: str, words: str, chosen: str) -> Element:
    return label(".choice")[
        input(type="radio", name=f"take-{key}", value=str(value), checked=str(value) == chosen), words
    ]


def _settled(decided: Sequence[Accept]) -> Element:
    """Files of which everything is decided: each decision goes on with the form while its box is ticked."""
    return ul[
        (
            li[
                label(".choice")[
                    input(type="checkbox", name="settled", value=choice.model_dump_json(by_alias=True), checked=True),
                    f"{visible(choice.path)}{f', place {choice.hunk}' if choice.hunk else ''}: {choice.take}",
                ]
            ]
            for choice in decided
        )
    ]


def _unix(text: Any) -> str:
    """Browsers send line ends as on Windows."""
    return str(text).replace("\r\n", "\n")
