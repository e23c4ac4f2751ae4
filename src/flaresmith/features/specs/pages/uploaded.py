"""The documents in an uploaded folder, under the paths that the command line gives them too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from starlette.datastructures import UploadFile

_SPECS = ("specs", "kitty-specs")
_BESIDE = (".specify/memory/constitution.md", "memory/constitution.md", "flaresmith.toml")
_TEXTUAL = frozenset(
    {".md", ".mdx", ".markdown", ".txt", ".rst", ".adoc", ".yaml", ".yml", ".json", ".toml", ".feature", ".mmd"}
    | {".ts", ".py", ".sql", ".graphql", ".gql", ".proto", ".prisma", ".dbml"}
)
_MARKS = ("spec.md", "data-model.md")
_FEATURE = re.compile(r"\d{3,}[-_]\S+")


async def documents(files: Sequence[Any]) -> dict[str, str]:
    """The documents among uploaded files, path → text."""
    uploads = {str(f.filename).replace("\\", "/"): f for f in files if isinstance(f, UploadFile) and f.filename}
    return {
        path: (await uploads[name].read()).decode("utf-8", "replace") for name, path in rooted(list(uploads)).items()
    }


def rooted(names: Sequence[str]) -> Mapping[str, str]:
    """Uploaded name → path in the project, for those that are documents.

    A browser puts the name of the chosen folder before every path: the project's is taken off, that of `specs` or of
    one feature belongs to the path. In a project's folder its specs, its constitution and its settings are documents.
    """
    tops = {name.partition("/")[0] for name in names}
    top = tops.pop() if len(tops) == 1 and all("/" in name for name in names) else ""
    inner = [f"{top}/{folder}/" if top else f"{folder}/" for folder in _SPECS]
    whole = top not in _SPECS and any(name.startswith(prefix) for name in names for prefix in inner)
    stays = top in _SPECS or (not whole and _is_feature(top, names))
    paths = {name: name if stays or not top else name.partition("/")[2] for name in names}
    return {name: path for name, path in paths.items() if _is_document(path, whole=whole)}


def _is_feature(top: str, names: Sequence[str]) -> bool:
    return bool(_FEATURE.fullmatch(top)) or any(f"{top}/{mark}" in names for mark in _MARKS)


def _is_document(path: str, *, whole: bool) -> bool:
    if path in _BESIDE:
        return True
    parts = PurePosixPath(path).parts
    if whole and parts[0] not in _SPECS:
        return False
    hidden = any(part.startswith(".") or part in ("node_modules", "__pycache__") for part in parts)
    return not hidden and PurePosixPath(path).suffix.lower() in _TEXTUAL
