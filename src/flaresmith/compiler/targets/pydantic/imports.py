"""The imports a schema module needs, told from the names its body uses."""

from __future__ import annotations

import re

from flaresmith.compiler.python.layout import imports, without_literals

_SHARED_NAMES = """Binary Body Closed Email Int32 Int64 IsoDate IsoDatetime IsoTime Number OneOf Open PageQuery Real
    RootSchema Schema Spelled UNSET Uri Uuid matches"""
_SHARED = frozenset(_SHARED_NAMES.split())
_STANDARD = ("datetime", "decimal", "uuid")
_TYPING = ("Annotated", "Any", "Literal")
_NAME = re.compile(r"[A-Za-z_][\w.]*\(?")


def imports_of(body: str) -> list[str]:
    """The import block for a body of code."""
    used = set(_NAME.findall(without_literals(body)))
    first = {name.partition(".")[0].rstrip("(") for name in used}
    dotted = {name.partition(".")[0] for name in used if "." in name}
    modules = [f"import {name}" for name in _STANDARD if name in dotted]
    typing = [name for name in _TYPING if name in first]
    modules += [f"from typing import {', '.join(typing)}"] if typing else []
    third = ["import pydantic"] if "pydantic" in dotted else []
    third += ["from pydantic import Field"] if "Field(" in used else []
    shared = sorted(_SHARED & first, key=_sort_key)
    own = imports("app.schemas.base", shared)
    groups = [group for group in (["from __future__ import annotations"], modules, third, own) if group]
    return "\n\n".join("\n".join(group) for group in groups).split("\n")


def _sort_key(name: str) -> tuple[int, str]:
    """Constants, classes, functions: the order import sorting keeps."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
