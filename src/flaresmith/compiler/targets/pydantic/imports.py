"""The imports a schema module needs, told from the names its body uses."""

from __future__ import annotations

import re

from flaresmith.compiler.python.layout import imports

_SHARED_NAMES = "Binary Body Closed Email Int32 Int64 Number Open PageQuery Real RootSchema Schema UNSET Uri matches"
_SHARED = frozenset(_SHARED_NAMES.split())
_STANDARD = ("datetime", "decimal", "uuid")
_TYPING = ("Annotated", "Any", "Literal")
_TEXT = re.compile(r'r?"""(?:.|\n)*?"""|r?"(?:[^"\\\n]|\\.)*"|' + r"r?'(?:[^'\\\n]|\\.)*'")


def imports_of(body: str) -> list[str]:
    """The import block for a body of code."""
    code = _TEXT.sub('""', body)
    used = set(re.findall(r"[A-Za-z_]\w*", code))
    modules = [f"import {name}" for name in _STANDARD if re.search(rf"\b{name}\.[A-Z_a-z]", code)]
    typing = [name for name in _TYPING if name in used]
    modules += [f"from typing import {', '.join(typing)}"] if typing else []
    third = ["import pydantic"] if "pydantic." in code else []
    third += ["from pydantic import Field"] if re.search(r"\bField\(", code) else []
    shared = sorted((name for name in _SHARED if name in used), key=_sort_key)
    own = imports("app.schemas.base", shared)
    groups = [group for group in (["from __future__ import annotations"], modules, third, own) if group]
    return "\n\n".join("\n".join(group) for group in groups).split("\n")


def _sort_key(name: str) -> tuple[int, str]:
    """Constants, classes, functions: the order import sorting keeps."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
