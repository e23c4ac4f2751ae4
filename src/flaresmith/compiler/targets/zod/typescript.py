"""TypeScript text: literals, property names and comments that hold any text safely, lines of one width."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

WIDTH = 100
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def literal(value: Any) -> str:
    """A JavaScript literal of a JSON value."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def property_name(name: str) -> str:
    """A key of an object literal; `__proto__` is computed, since the plain key would set the prototype."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if _NAME.fullmatch(name) else literal(name)


def regex(pattern: str) -> str:
    """A regular expression literal of a portable pattern."""
    escaped = re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", pattern).replace("\n", r"\n").replace("\r", r"\r")
    return f"/{escaped or '(?:)'}/"


def comment(text: str, indent: str = "") -> list[str]:
    """A documentation comment of one line, or nothing for no text."""
    plain = " ".join(text.replace("*/", "* /").split())
    return [f"{indent}/** {plain} */"] if plain else []


def call(function: str, items: Sequence[str], indent: str, before: int) -> str:
    """`function([a, b])`, broken over lines when it does not fit; `before` characters stand to its left."""
    flat = f"{function}([{', '.join(items)}])"
    if len(indent) + before + len(flat) < WIDTH and "\n" not in flat:
        return flat
    return "\n".join([f"{function}([", *(f"{indent}  {item}," for item in items), f"{indent}])"])


def block(opening: str, lines: Iterable[str], closing: str, indent: str) -> str:
    """An opening line, indented lines, a closing one; on one line when there is nothing inside."""
    inner = [f"{indent}  {line}" for line in lines]
    return "\n".join([opening, *inner, f"{indent}{closing}"]) if inner else opening + closing


def inferred(name: str) -> str:
    """The type that belongs to a schema constant."""
    flat = f"export type {name} = z.infer<typeof {name}Schema>;"
    return flat if len(flat) <= WIDTH else f"export type {name} = z.infer<\n  typeof {name}Schema\n>;"
