"""Paths of a contract as the web framework can match them."""

from __future__ import annotations

import re

from flaresmith.compiler import naming

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
