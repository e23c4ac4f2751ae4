"""Spec documents on disk, read safely: only text, only inside the folder, never too much.

Paths of documents are relative to the project's folder, whichever of its folders the author named: the project, its
`specs/`, or one feature. So the same specs have the same hash and make the same files, from wherever they are read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flaresmith import cli
from flaresmith.kit.errors import Invalid, NotFound

SPEC_FOLDERS = ("specs", "kitty-specs")
CONSTITUTIONS = (".specify/memory/constitution.md", "memory/constitution.md")
SETTINGS = "flaresmith.toml"
MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_CONTRACT_BYTES = 16 * 1024 * 1024  # of a JSON or YAML document
MAX_TOTAL_BYTES = 64 * 1024 * 1024
MAX_DOCUMENTS = 5000
MAX_ENTRIES = 100_000
TEXTUAL = frozenset(
    {".md", ".mdx", ".markdown", ".txt", ".rst", ".adoc", ".yaml", ".yml", ".json", ".toml", ".feature", ".mmd"}
    | {".ts", ".py", ".sql", ".graphql", ".gql", ".proto", ".prisma", ".dbml"}
)
_MARKS = ("spec.md", "data-model.md")
_FEATURE = re.compile(r"\d{3,}[-_]\S+")
_SKIPPED = frozenset({"node_modules", "__pycache__"})


class NoSpecs(NotFound):
    """There are no specs in this folder."""

    code = "SPEC_NOT_FOUND"


class SpecsUnreadable(Invalid):
    """Some of the specs cannot be read."""

    code = "SPEC_UNREADABLE"


@dataclass(frozen=True, slots=True)
class Documents:
    """What was read: path relative to `base` → content, cut behind `largest_of(path)`, so that its reader sees it is
    too large. `source` is the folder that was named; `notes` say, path by path, what was left out and why."""

    base: Path
    source: Path
    files: Mapping[str, bytes]
    notes: Mapping[str, str]

    def on_disk(self, path: str) -> str:
        """Where a document lies, as one would type it here."""
        whole = self.base / path
        try:
            return str(whole.relative_to(Path.cwd()))
        except ValueError:
            return str(whole)

    def texts(self) -> dict[str, str]:
        """The documents as text, as the compiler would decode them: what goes over the wire."""
        return {path: _decoded(content) for path, content in self.files.items()}


def read(path: Path) -> Documents:
    """The spec documents of a project folder, its `specs/` or `kitty-specs/`, or one feature folder.

    NoSpecs when there is no such folder or nothing in it, SpecsUnreadable when a document cannot be opened,
    Invalid when there are too many.
    """
    source = _folder(path)
    base, roots, whole = _roots(source)
    search = _Search(base)
    for root in roots:
        search.walk(root)
    if not search.features:
        hint = "A feature is a folder like `specs/001-name` with a `spec.md`."
        raise NoSpecs(f"There are no specs in {source}.", hint=hint)
    unreadable = {name: why for name, why in search.unreadable.items() if search.belongs(name)}
    reading = _Reading(base, search.notes, unreadable)
    for found in search.documents():
        reading.take(found)
    for name in (SETTINGS, *(CONSTITUTIONS if whole else ())):
        if (base / name).is_file():
            reading.take(base / name)
    reading.require_readable()
    return Documents(base, source, dict(sorted(reading.files.items())), reading.notes)


def largest_of(name: str) -> int:
    """How many bytes a document may have: data more than a text."""
    return MAX_CONTRACT_BYTES if name.lower().endswith((".json", ".yaml", ".yml")) else MAX_FILE_BYTES


def project_folder(source: Path) -> Path:
    """The folder of the project whose specs are kept in `source`."""
    return _roots(source)[0]


def _folder(path: Path) -> Path:
    try:
        found = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise NoSpecs(f"There is no folder {path}.", hint="Name a folder that holds `specs/`.") from None
    if not found.is_dir():
        raise NoSpecs(f"{path} is not a folder.", hint="Name the folder that holds `specs/`, or one feature's folder.")
    return found


def _roots(source: Path) -> tuple[Path, list[Path], bool]:
    """The project's folder, where its documents lie, and whether the whole project is meant."""
    inner = [source / name for name in SPEC_FOLDERS if (source / name).is_dir() and not (source / name).is_symlink()]
    if source.name in SPEC_FOLDERS:
        return source.parent, [source], True
    if inner:
        return source, inner, True
    if _FEATURE.fullmatch(source.name) or any((source / name).is_file() for name in _MARKS):
        inside = source.parent.name in SPEC_FOLDERS
        return source.parent.parent if inside else source.parent, [source], False
    return source, [source], True


def _name(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix()


@dataclass(slots=True)
class _Search:
    """The walk through a folder, which opens nothing: links do not lead astray, and no size makes it endless."""

    base: Path
    found: list[Path] = field(default_factory=list)
    features: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    entries: int = 0

    def walk(self, root: Path) -> None:
        """Look through a folder and all below it, but for hidden folders and those of tools."""
        waiting = [root]
        while waiting:
            folder = waiting.pop()
            if folder != self.base and _FEATURE.fullmatch(folder.name):
                self.features.add(_name(folder, self.base))
            waiting += self._look_in(folder)

    def documents(self) -> Iterator[Path]:
        """What belongs to a feature or stands in a folder of specs: a repository has other texts too."""
        return (path for path in self.found if self.belongs(_name(path, self.base)))

    def belongs(self, name: str) -> bool:
        """Whether a path stands in a folder of specs or in a feature."""
        parts = name.split("/")
        above = {"/".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return parts[0] in SPEC_FOLDERS or bool(above & self.features)

    def _look_in(self, folder: Path) -> Iterator[Path]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.unreadable[_name(folder, self.base)] = error.strerror or str(error)
            return
        self._count(len(entries))
        for entry in entries:
            if entry.name.startswith(".") or entry.name in _SKIPPED:
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                yield path
            elif path.suffix.lower() in TEXTUAL:
                self.found.append(path)
                if entry.name in _MARKS:
                    self.features.add(_name(folder, self.base))
            elif entry.is_symlink() and path.is_dir():
                self.notes[_name(path, self.base)] = "links to folders are not followed"

    def _count(self, more: int) -> None:
        self.entries += more
        if self.entries > MAX_ENTRIES:
            hint = "Name the folder that holds the specs, not one far above it."
            raise Invalid(f"{self.base} has more than {MAX_ENTRIES:,} files.", hint=hint)


@dataclass(slots=True)
class _Reading:
    """The documents read so far, and what could not be."""

    base: Path
    notes: dict[str, str]
    unreadable: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)
    total: int = 0

    def take(self, path: Path) -> None:
        """Read one document, if it is a file in this folder with a name that can be written down."""
        name = _name(path, self.base)
        if cli.plain(name) != name:
            self.notes[name] = "its name has characters that are no text"
            return
        try:
            target = path.resolve(strict=True)
            if target.is_relative_to(self.base):
                self._keep(name, _content(target))
            else:
                self.notes[name] = "links out of the folder are not followed"
        except (OSError, RuntimeError) as error:
            if path.is_symlink():
                self.notes[name] = "this link leads nowhere"
            else:
                self.unreadable[name] = getattr(error, "strerror", None) or str(error)

    def require_readable(self) -> None:
        """SpecsUnreadable when something that belongs to the specs could not be opened: they would be half read."""
        if self.unreadable:
            words = "; ".join(f"{path}: {why}" for path, why in sorted(self.unreadable.items())[:10])
            hint = "Give yourself the right to read them, or take them out of the folder."
            raise SpecsUnreadable(f"These documents cannot be read: {words}.", hint=hint)

    def _keep(self, name: str, content: tuple[bytes, int] | None) -> None:
        if content is None:
            self.notes[name] = "this is not a regular file"
            return
        self.files[name], size = content
        self.total += len(self.files[name])
        if size > (largest := largest_of(name)):
            self.notes[name] = f"{size / 2**20:.1f} MiB; only the first {largest // 2**20} MiB were looked at"
        if self.total > MAX_TOTAL_BYTES or len(self.files) > MAX_DOCUMENTS:
            limit = f"{MAX_TOTAL_BYTES // 2**20} MiB or {MAX_DOCUMENTS:,} documents"
            hint = "Name the folder that holds only the specs."
            raise Invalid(f"There are more than {limit} in {self.base}.", hint=hint)


def _content(path: Path) -> tuple[bytes, int] | None:
    """The content, cut one byte behind the limit, and the size; None for what is no regular file. Never waits."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            return None
        return file.read(largest_of(path.name) + 1), found.st_size


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
