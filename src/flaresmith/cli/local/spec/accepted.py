"""What was decided about conflicts in an output folder, until the next build carries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from flaresmith.cli.local.spec.output import Output, OutputBlocked

if TYPE_CHECKING:
    from flaresmith.compiler.merge import Choice

PATH = "flaresmith.accepted"
_FORMAT = 1


def load(output: Output) -> list[Choice]:
    """The decisions in this folder; OutputBlocked when they cannot be read."""
    data = output.note(PATH)
    if data is None:
        return []
    try:
        document = orjson.loads(data)
        if document["format"] != _FORMAT:
            raise ValueError(f"format {document['format']!r} is not known")
        return [_choice(entry) for entry in document["choices"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        message = f"{output.root / PATH} cannot be read: {error}."
        raise OutputBlocked(message, hint="Delete it and decide again.") from None


def save(output: Output, choices: Sequence[Choice]) -> None:
    """Keep these decisions, and no others."""
    ordered = sorted(choices, key=lambda choice: (choice.path, choice.hunk or 0))
    written = {"format": _FORMAT, "choices": [_json(choice) for choice in ordered]}
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    output.save_note(PATH, orjson.dumps(written, option=option) if choices else None)


def forget(output: Output) -> None:
    """Drop all decisions: they were carried out."""
    output.save_note(PATH, None)


def _choice(entry: Mapping[str, Any]) -> Choice:
    from flaresmith.compiler.merge import Choice, Take

    hunk, text = entry["hunk"], entry["text"]
    if not (hunk is None or isinstance(hunk, int)) or not (text is None or isinstance(text, str)):
        raise ValueError("a choice is damaged")
    return Choice(str(entry["path"]), Take(entry["take"]), hunk, text, str(entry["fingerprint"]))


def _json(choice: Choice) -> dict[str, Any]:
    return {
        "path": choice.path,
        "take": str(choice.take),
        "hunk": choice.hunk,
        "text": choice.text,
        "fingerprint": choice.fingerprint,
    }
