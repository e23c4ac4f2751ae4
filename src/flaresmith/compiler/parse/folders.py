"""Which files belong to which feature: `NNN-slug` folders at any depth, folders with a `spec.md`, and their texts."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flaresmith.compiler.model import Source
from flaresmith.compiler.parse.findings import Findings

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_CONTRACT_BYTES = 16 * 1024 * 1024  # a JSON or YAML document is data, and the large services write large ones
MAX_TOTAL_BYTES = 64 * 1024 * 1024

_FEATURE = re.compile(r"^\d{3,}[-_]\S+$")
_CONSTITUTION = re.compile(r"(?:^|/)constitution\.md$")
_VERSION = re.compile(r"\*\*Version\*\*\s*:?\s*v?(\d[\w.-]{0,30})|^version:\s*v?(\d[\w.-]{0,30})", re.I | re.M)
_READ = re.compile(
    r"spec\.md|tasks(?:[-_][\w-]{1,40})?\.md|data[-_ ]?model[^/]*\.md"
    r"|(?:openapi|asyncapi|swagger|mcp[-_]tools)\.(?:ya?ml|json)|schemas/[^/]{1,120}\.json"
)
_TEXTUAL = (
    ".md",
    ".markdown",
    ".yaml",
    ".yml",
    ".json",
    ".ts",
    ".graphql",
    ".gql",
    ".proto",
    ".sql",
    ".txt",
    ".prisma",
    ".py",
    ".dart",
    ".java",
    ".kt",
    ".cs",
    ".go",
    ".h",
    ".feature",
)


@dataclass(slots=True)
class Folder:
    """The texts of one feature folder, by path relative to the spec root."""

    id: str
    path: str
    spec: str = ""  # the path of spec.md, or empty
    tasks: list[str] = field(default_factory=list)
    data_models: list[str] = field(default_factory=list)
    contracts: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def spec_hash(files: Mapping[str, bytes]) -> str:
    """sha256 (hex) over paths and contents, independent of their order."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(files[path]).digest()
        digest.update(len(path.encode("utf-8", "surrogatepass")).to_bytes(4, "big"))
        digest.update(path.encode("utf-8", "surrogatepass") + content)
    return digest.hexdigest()


def feature_folders(files: Mapping[str, bytes], *, name: str, findings: Findings) -> list[Folder]:
    """The feature folders in the order of their paths, with the texts that are read from each."""
    safe = {path: body for path, body in sorted(files.items()) if _is_safe(path, findings)}
    roots = _roots(safe)
    budget = MAX_TOTAL_BYTES
    folders = {root: Folder(posixpath.basename(root) or name, root) for root in roots}
    for path, body in safe.items():
        root = _owner(path, roots)
        if root is None or not _is_read(path, root):
            continue
        largest = largest_of(path)
        if len(body) > largest or len(body) > budget:
            findings.error(
                "file-too-large",
                f"{len(body) / 1048576:.1f} MiB; this file may have {largest // 1048576} MiB and a folder"
                f" {MAX_TOTAL_BYTES // 1048576} MiB, so it was not read",
                Source(path, 1),
                "split the file, or take out what is not specification",
            )
            continue
        budget -= len(body)
        _add(folders[root], path, decoded(body, path, findings), findings)
    return [folder for folder in folders.values() if folder.texts]


def largest_of(path: str) -> int:
    """How many bytes a file may have: a contract's document more than a text."""
    return MAX_CONTRACT_BYTES if path.lower().endswith((".json", ".yaml", ".yml")) else MAX_FILE_BYTES


def constitution_version(files: Mapping[str, bytes]) -> str:
    """The version that the project's constitution gives itself, or an empty text."""
    for path in sorted(files):
        if _CONSTITUTION.search(path) and len(files[path]) <= MAX_FILE_BYTES:
            match = _VERSION.search(files[path].decode("utf-8", "replace"))
            if match:
                return match.group(1) or match.group(2)
    return ""


def decoded(body: bytes, path: str, findings: Findings) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else Windows-1252 with a warning; line ends become `\\n`."""
    marked = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = body.decode("utf-16", "replace") if marked else _utf8(body, path, findings)
    if "\x00" in text:
        findings.warning(
            "not-text", "this file has NUL bytes; they were taken out", Source(path, 1), "save it as UTF-8 text"
        )
        text = text.replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf8(body: bytes, path: str, findings: Findings) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        findings.warning(
            "not-utf8", "this file is not UTF-8; it was read as Windows-1252", Source(path, line), "save it as UTF-8"
        )
        return body.decode("cp1252", "replace")


def _is_safe(path: str, findings: Findings) -> bool:
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or "\\" in path or re.search(r"[\x00-\x1f]", path):
        findings.error(
            "unsafe-path", "this file name leads out of the folder and was not read", Source(repr(path)[1:-1][:200], 1)
        )
        return False
    return True


def _roots(files: Mapping[str, bytes]) -> list[str]:
    """The feature folders, outermost first: a folder inside a feature belongs to that feature."""
    found: set[str] = set()
    for path in files:
        folder, file = posixpath.split(path)
        parts = folder.split("/") if folder else []
        numbered = next((place for place, part in enumerate(parts) if _FEATURE.match(part)), None)
        if numbered is not None:
            found.add("/".join(parts[: numbered + 1]))
        elif file in ("spec.md", "data-model.md"):
            found.add(folder)
    return sorted(root for root in found if not any(_inside(root, other) for other in found if other != root))


def _inside(path: str, root: str) -> bool:
    return root != "" and path.startswith(f"{root}/")


def _owner(path: str, roots: list[str]) -> str | None:
    inside = [root for root in roots if _inside(path, root)]
    return inside[0] if inside else ("" if "" in roots else None)


def _is_read(path: str, root: str) -> bool:
    inner = path[len(root) :].lstrip("/").lower()
    if inner.startswith("contracts/"):
        return inner.endswith(_TEXTUAL) and "/." not in f"/{inner}"
    return bool(_READ.fullmatch(inner))


def _add(folder: Folder, path: str, text: str, findings: Findings) -> None:
    inner = path[len(folder.path) :].lstrip("/").lower()
    if inner == "spec.md":
        folder.spec = path
    elif inner.startswith("tasks"):
        folder.tasks.append(path)
    elif inner.endswith(".md") and not inner.startswith("contracts/"):
        if not re.fullmatch(r"data[-_]?model(?:[-_][a-z][\w-]*)?\.md", inner):
            findings.info(
                "duplicate-file",
                "this looks like a copy of the data model and was not read",
                Source(path, 1),
                "remove it",
            )
            return
        folder.data_models.append(path)
    else:
        folder.contracts.append(path)
    folder.texts[path] = text


def texts_of(folders: list[Folder]) -> Iterator[tuple[str, str]]:
    """Every text that was read, with its path."""
    for folder in folders:
        yield from folder.texts.items()
