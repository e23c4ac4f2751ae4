"""Which syntax a file has: how it is read into units, and whether a text is valid in it."""

from __future__ import annotations

import ast
import json
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml  # type: ignore[import-untyped]
from tree_sitter import Parser

from flaresmith.compiler.merge import markdown, python, toml, typescript, yamltext
from flaresmith.compiler.merge.reading import Grammar, read
from flaresmith.compiler.merge.units import Block


@dataclass(frozen=True, slots=True)
class Syntax:
    """A syntax: `read` gives the units of a text or None, `parses` tells whether the text is valid."""

    name: str
    read: Callable[[str], Block | None]
    parses: Callable[[str], bool]


def of(path: str) -> Syntax | None:
    """The syntax of a file by its name; None where only its lines are known."""
    return _BY_SUFFIX.get(PurePosixPath(path).suffix.lower())


def _python(text: str) -> bool:
    """By Python itself; newer syntax than that of this Python by tree-sitter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
        except (RecursionError, MemoryError):
            return _sound(text, python.grammar())
    return True


def _sound(text: str, grammar: Grammar) -> bool:
    return not Parser(grammar.language).parse(text.encode()).root_node.has_error


def _json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _yaml(text: str) -> bool:
    try:
        list(yaml.compose_all(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    return True


def _typescript(*, tsx: bool) -> Syntax:
    name = "tsx" if tsx else "typescript"
    return Syntax(
        name,
        lambda text: read(text, typescript.grammar(tsx=tsx)),
        lambda text: _sound(text, typescript.grammar(tsx=tsx)),
    )


_PYTHON = Syntax("python", lambda text: read(text, python.grammar()), _python)
_TYPESCRIPT, _TSX = _typescript(tsx=False), _typescript(tsx=True)
_JSON = Syntax("json", lambda text: read(text, typescript.json_grammar()), _json)
_YAML = Syntax("yaml", yamltext.read, _yaml)
_BY_SUFFIX = {
    ".py": _PYTHON,
    ".pyi": _PYTHON,
    **dict.fromkeys((".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"), _TYPESCRIPT),
    ".tsx": _TSX,
    ".jsx": _TSX,
    ".json": _JSON,
    ".yaml": _YAML,
    ".yml": _YAML,
    ".toml": Syntax("toml", toml.read, _toml),
    ".md": Syntax("markdown", markdown.read, lambda text: True),
    ".mdx": Syntax("markdown", markdown.read, lambda text: True),
}
