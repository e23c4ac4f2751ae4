"""The imports of a generated module, told from the names that its code uses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cmp_to_key

from flaresmith.compiler.python.layout import imports

_TEXT = re.compile(r'r?"""(?:.|\n)*?"""|r?"(?:[^"\\\n]|\\.)*"|' + r"r?'(?:[^'\\\n]|\\.)*'")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")  # a name behind a dot belongs to what stands before it
_NUMBER = re.compile(r"([0-9]+)")
_STANDARD = (
    ("decimal", ("Decimal",)),
    ("typing", ("Annotated", "Any", "Literal", "TypeAlias")),
    ("uuid", ("UUID",)),
)
_THIRD = (("pydantic", ("Field",)), ("typing_extensions", ("TypeAliasType",)))
_OWN = (
    ("..runtime.base", ("Binary", "Model")),
    ("..runtime.calls", ("Call", "PagedCall", "Paging", "Styled")),
    ("..runtime.encoding", ("Upload",)),
    (
        "..runtime.methods",
        ("AsyncListMethod", "AsyncMethod", "AsyncResource", "ListMethod", "Method", "Resource"),
    ),
)


@cmp_to_key
def sort_key(one: str, other: str) -> int:
    """The order that import sorting keeps: constants, classes, all else; numbers by their size, case aside."""
    kinds = _kind(one) - _kind(other)
    return kinds or _natural(one.lower(), other.lower()) or _natural(one, other)


@cmp_to_key
def all_key(one: str, other: str) -> int:
    """The order of `__all__`: the same, but capital letters come first."""
    return _kind(one) - _kind(other) or _natural(one, other)


def _kind(name: str) -> int:
    return 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2


def _natural(one: str, other: str) -> int:
    """Negative, zero or positive; a run of digits counts as a number, but letter by letter where it starts with 0."""
    for left, right in zip(_NUMBER.split(one), _NUMBER.split(other), strict=False):
        if left == right:
            continue
        if left.isdigit() and right.isdigit() and not (left[0] == "0" or right[0] == "0"):
            return int(left) - int(right)
        return 1 if left > right else -1
    return len(one) - len(other)


def words(code: str) -> set[str]:
    """The names in a piece of code; those inside text are left out, and those behind a dot."""
    return set(_WORD.findall(_TEXT.sub('""', code)))


def imports_of(pieces: Iterable[str], among: Collection[str] = ()) -> list[str]:
    """The import block for code of which these are the annotations and calls, sorted as formatters do.

    `among` narrows it to names that nothing in the module can be called.
    """
    used = words("\n".join(dict.fromkeys(pieces)))
    used &= {*among, "datetime"} if among else used
    standard = ["import datetime"] if "datetime" in used else []
    models = ["from .. import models"] if "models" in used else []
    parts = (
        ["from __future__ import annotations"],
        [*standard, *_from(_STANDARD, used)],
        _from(_THIRD, used),
        [*models, *_from(_OWN, used)],
    )
    return "\n\n".join("\n".join(part) for part in parts if part).split("\n")


def _from(table: tuple[tuple[str, tuple[str, ...]], ...], used: Collection[str]) -> list[str]:
    return [line for module, names in table for line in imports(module, [name for name in names if name in used])]
