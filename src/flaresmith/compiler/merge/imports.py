"""Imports of names: a set on each side, whatever its layout."""

from __future__ import annotations

from dataclasses import replace

from flaresmith.compiler.merge.units import Names, Unit

_WIDTH = 120
_INDENT = "    "


def merged(base: Names, ours: Names, theirs: Names) -> Names | None:
    """The names that remain; None when more than the names differs."""
    if not (base.prefix == ours.prefix == theirs.prefix and ours.suffix == theirs.suffix):
        return None
    gone = (set(base.names) - set(ours.names)) | (set(base.names) - set(theirs.names))
    names = list(dict.fromkeys([*theirs.names, *ours.names]))
    return replace(ours, names=tuple(name for name in names if name not in gone))


def written(names: Names, ours: Unit, theirs: Unit) -> str:
    """The import as text: on one line while both sides have it so and it fits."""
    if not names.names:
        return ""
    indent = names.prefix[: len(names.prefix) - len(names.prefix.lstrip())]
    several = any("\n" in "".join(str(slot) for slot in unit.slots[1:]).rstrip("\n") for unit in (ours, theirs))
    return one_line(names) if not several and len(one_line(names)) <= _WIDTH else _block(names, indent)


def one_line(names: Names) -> str:
    """The import on one line."""
    listed = ", ".join(names.names)
    inner = f"{names.opening} {listed} {names.closing}" if names.spaced else listed
    return f"{names.prefix}{inner}{names.suffix}"


def _block(names: Names, indent: str) -> str:
    step = "  " if names.spaced else _INDENT
    listed = "".join(f"{indent}{step}{name},\n" for name in names.names)
    return f"{names.prefix}{names.opening}\n{listed}{indent}{names.closing}{names.suffix}"
