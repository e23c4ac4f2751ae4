"""TypeScript text: literals, property names and comments that hold any text safely, lines of one width."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

WIDTH = 100
# Line ends of JavaScript, half characters, and signs that change the direction of what a reader sees.
_UNSAFE = re.compile("[\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LONG_REGEX = re.compile(r"^regex\(/.{6,}/\)$", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def literal(value: Any) -> str:
    """A JavaScript literal of a JSON value."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text = _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    if isinstance(value, str) and value.count('"') > value.count("'"):
        return "'" + text[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    return text


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
    if not plain.isprintable():
        plain = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return [f"{indent}/** {plain} */"] if plain else []


def chain(parts: Sequence[str], indent: str = "", before: int = 0) -> str:
    """`z.string().min(2)` from its parts, a line each where one line would be too long or too dense.

    The parts are written as for a line that starts with `indent`; `before` characters stand to the left. The rule of
    what is too dense is that of the usual formatter for TypeScript.
    """
    flat = ".".join(parts)
    calls = [part for part in parts if part.endswith(")")]
    fits = len(indent) + before + len(flat) < WIDTH and "\n" not in flat
    dense = len(calls) > 2 and any(_LONG_REGEX.search(part) or "=>" in part or "`" in part for part in calls)
    broken_inside = any("\n" in part for part in parts[:-1])
    too_long = not fits and "\n" not in flat and len(parts) > 2
    if not (broken_inside or dense or too_long or (len(calls) > 2 and not fits)):
        return flat
    head, *rest = parts
    return "\n".join([head, *(f"{indent}  .{_deeper(part)}" for part in rest)])


def arguments(function: str, items: Sequence[str], indent: str, before: int, brackets: str = "()") -> str:
    """`function(a, b)`, its arguments on lines of their own when they do not fit."""
    opening, closing = brackets[: len(brackets) // 2], brackets[len(brackets) // 2 :]
    flat = f"{function}{opening}{', '.join(items)}{closing}"
    if len(indent) + before + len(flat) < WIDTH and "\n" not in flat:
        return flat
    return "\n".join([f"{function}{opening}", *(f"{indent}  {item}," for item in items), f"{indent}{closing}"])


def block(opening: str, lines: Iterable[str], closing: str, indent: str) -> str:
    """An opening line, indented lines, a closing one; on one line when there is nothing inside."""
    inner = [f"{indent}  {line}" for line in lines]
    return "\n".join([opening, *inner, f"{indent}{closing}"]) if inner else opening + closing


def inferred(name: str) -> str:
    """The type that belongs to a schema constant."""
    flat = f"export type {name} = z.infer<typeof {name}Schema>;"
    return flat if len(flat) <= WIDTH else f"export type {name} = z.infer<\n  typeof {name}Schema\n>;"


def _deeper(part: str) -> str:
    return part.replace("\n", "\n  ")
