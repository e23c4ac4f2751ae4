"""`flaresmith.lock`: what was generated from which spec, kept in the repository beside the files.

The lock makes hand edits visible (a checksum per file), keeps the database's line of revisions independent of old
specs (full operations), and holds the tables as they were, so that the next build can tell what changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import Migration, SchemaOperation
from flaresmith.compiler.paths import why_unsafe

LOCK_PATH = "flaresmith.lock"
FORMAT = 2
_READABLE = frozenset({1, 2})  # format 1 knows neither ownership nor sources
COMPILER_VERSION = "0.1.0"
MAX_LOCK_BYTES = 64 * 1024 * 1024

_NOUNS = ("column", "index", "unique", "foreign_key", "check")
OPERATIONS = frozenset(
    {"create_table", "drop_table", "alter_column", "insert_rows"}
    | {f"{verb}_{noun}" for verb in ("add", "drop") for noun in _NOUNS}
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REVISION = re.compile(r"[0-9a-f]{4,40}")


class Ownership(StrEnum):
    """Whose a file is: ours alone, ours with hand edits that are carried along, or a person's, never written."""

    GENERATED = "generated"
    MERGED = "merged"
    YOURS = "yours"


class LockUnreadable(ValueError):
    """`flaresmith.lock` is damaged or was written by another version: restore it from Git."""


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One generated file: the checksum (hex sha256) of what was generated, its target and the FR/SC ids it serves.

    `sources` are the places of the facts it was made from, `file:line`. The generated content is the base of the next
    merge, also where the branch holds something else.
    """

    sha256: str
    target: str
    requirements: tuple[str, ...] = ()
    seed: bool = False
    ownership: Ownership = Ownership.GENERATED
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """The record of one build. `tables` is the snapshot that `diff.tables_from_json` reads."""

    spec_hash: str = ""
    constitution_version: str = ""
    compiler_version: str = COMPILER_VERSION
    files: Mapping[str, LockedFile] = field(default_factory=dict)
    tables: Any = None
    migrations: tuple[Migration, ...] = ()

    @classmethod
    def read(cls, data: bytes) -> Lock:
        """The lock in `data`; LockUnreadable says where it is damaged."""
        document = _document(data)
        return cls(
            spec_hash=_text(document, "specHash"),
            constitution_version=_text(document, "constitutionVersion"),
            compiler_version=_text(document, "compilerVersion"),
            files={path: _file(path, entry) for path, entry in _mapping(document, "files").items()},
            tables=document.get("tables"),
            migrations=_line(_list(document, "migrations")),
        )

    def write(self) -> bytes:
        """The lock as the bytes of its file: JSON, sorted, the same for the same content."""
        return pretty(
            {
                "format": FORMAT,
                "compilerVersion": self.compiler_version,
                "specHash": self.spec_hash,
                "constitutionVersion": self.constitution_version,
                "files": {path: _file_json(self.files[path]) for path in sorted(self.files)},
                "migrations": [_migration_json(migration) for migration in self.migrations],
                "tables": self.tables,
            }
        ).encode()


def as_read_back(migration: Migration) -> Migration:
    """The migration exactly as the lock will give it back, so that both make the same file."""
    return _migration(orjson.loads(pretty(_migration_json(migration))))


def _document(data: bytes) -> Mapping[str, Any]:
    if len(data) > MAX_LOCK_BYTES:
        raise LockUnreadable(f"{LOCK_PATH} is larger than {MAX_LOCK_BYTES} bytes")
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        hint = "it has merge conflict marks" if b"\n<<<<<<< " in data or data.startswith(b"<<<<<<< ") else str(problem)
        raise LockUnreadable(f"{LOCK_PATH} is not JSON: {hint}") from None
    if not isinstance(document, dict):
        raise LockUnreadable(f"{LOCK_PATH} is not a JSON object")
    if document.get("format") not in _READABLE:
        known = ", ".join(map(str, sorted(_READABLE)))
        raise LockUnreadable(f"{LOCK_PATH} has format {document.get('format')!r}; this compiler reads {known}")
    return document


def _file(path: str, entry: Any) -> LockedFile:
    if reason := why_unsafe(path):
        raise LockUnreadable(f"{LOCK_PATH}: the path {path!r} {reason}")
    if not isinstance(entry, dict):
        raise LockUnreadable(f"{LOCK_PATH}: files[{path!r}] is not an object")
    sha256 = _text(entry, "sha256")
    if not _SHA256.fullmatch(sha256):
        raise LockUnreadable(f"{LOCK_PATH}: files[{path!r}].sha256 is not a checksum")
    return LockedFile(
        sha256,
        _text(entry, "target"),
        _texts(entry, "requirements"),
        entry.get("seed") is True,
        _ownership(path, entry),
        _texts(entry, "sources"),
    )


def _ownership(path: str, entry: Mapping[str, Any]) -> Ownership:
    try:
        return Ownership(entry.get("ownership", Ownership.GENERATED))
    except ValueError:
        raise LockUnreadable(f"{LOCK_PATH}: files[{path!r}].ownership is not known") from None


def _line(entries: Sequence[Any]) -> tuple[Migration, ...]:
    migrations = tuple(_migration(entry) for entry in entries)
    parent = ""
    for migration in migrations:
        if migration.parent != parent:
            raise LockUnreadable(f"{LOCK_PATH}: revision {migration.revision} does not follow {parent or 'nothing'}")
        parent = migration.revision
    if len({migration.revision for migration in migrations}) != len(migrations):
        raise LockUnreadable(f"{LOCK_PATH}: a database revision appears twice")
    return migrations


def _migration(entry: Any) -> Migration:
    if not isinstance(entry, dict):
        raise LockUnreadable(f"{LOCK_PATH}: a migration is not an object")
    revision = _text(entry, "revision")
    if not _REVISION.fullmatch(revision):
        raise LockUnreadable(f"{LOCK_PATH}: {revision!r} is not a database revision")
    operations = tuple(_operation(item) for item in _list(entry, "operations"))
    return Migration(revision, _text(entry, "parent"), _text(entry, "slug"), operations)


def _operation(entry: Any) -> SchemaOperation:
    if not isinstance(entry, dict) or entry.get("op") not in OPERATIONS:
        raise LockUnreadable(f"{LOCK_PATH}: a migration has an unknown step")
    return SchemaOperation(
        op=entry["op"],
        table=_text(entry, "table"),
        arguments=_mapping(entry, "arguments"),
        reason=_text(entry, "reason"),
        destructive=entry.get("destructive") is True,
        loses=_text(entry, "loses"),
    )


def _file_json(file: LockedFile) -> dict[str, Any]:
    written: dict[str, Any] = {"sha256": file.sha256, "target": file.target, "requirements": list(file.requirements)}
    written |= {"sources": list(file.sources)} if file.sources else {}
    written |= {"ownership": str(file.ownership)} if file.ownership is not Ownership.GENERATED else {}
    return written | {"seed": True} if file.seed else written


def _migration_json(migration: Migration) -> dict[str, Any]:
    return {
        "revision": migration.revision,
        "parent": migration.parent,
        "slug": migration.slug,
        "operations": [_operation_json(operation) for operation in migration.operations],
    }


def _operation_json(operation: SchemaOperation) -> dict[str, Any]:
    written: dict[str, Any] = {"op": operation.op, "table": operation.table, "arguments": operation.arguments}
    for key in ("reason", "destructive", "loses"):
        if value := getattr(operation, key):
            written[key] = value
    return written


def _text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key, "")
    if not isinstance(value, str):
        raise LockUnreadable(f"{LOCK_PATH}: {key} is not text")
    return value


def _texts(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _list(document, key)
    if not all(isinstance(value, str) for value in values):
        raise LockUnreadable(f"{LOCK_PATH}: {key} is not a list of texts")
    return tuple(values)


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key, [])
    if not isinstance(value, list):
        raise LockUnreadable(f"{LOCK_PATH}: {key} is not a list")
    return value


def _mapping(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise LockUnreadable(f"{LOCK_PATH}: {key} is not an object")
    return value
