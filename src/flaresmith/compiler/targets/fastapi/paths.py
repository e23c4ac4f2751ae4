"""Paths of a contract as the web framework can match them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flaresmith.compiler import naming
from flaresmith.compiler.python.layout import text

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def parameters(path: str) -> list[str]:
    """The names of a path's parameters, from left to right."""
    return _PARAMETER.findall(path)


def slot(name: str) -> str:
    """The name of a parameter inside the path: as written where the framework can read it."""
    return name if _PLAIN.fullmatch(name) else naming.snake(name)


def python_path(path: str) -> str:
    """The path with readable parameters."""
    return _PARAMETER.sub(lambda match: "{" + slot(match.group(1)) + "}", path)


def address(path: str, parts: Mapping[str, str]) -> str:
    """The address of `row` as an f-string; `parts` says which parameters are fields, the others hold its key."""
    own = [name for name in parameters(path) if name not in parts]
    made = text(path)[1:-1].replace("{", "{{").replace("}", "}}")
    for place, name in enumerate(own):
        made = made.replace("{{" + name + "}}", "{row.key}" if len(own) == 1 else f"{{row.parts[{place}]}}")
    for name, field in parts.items():
        made = made.replace("{{" + name + "}}", "{row[" + text(field).replace('"', "'") + "]}")
    return f'f"{made}"' if "{" in made else text(path)
