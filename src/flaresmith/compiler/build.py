"""The compiler's front door: spec files in, every generated file and the next `flaresmith.lock` out."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from flaresmith.compiler.cache import Cache
from flaresmith.compiler.diff import next_migration, schema_operations, tables_from_json
from flaresmith.compiler.expressed import diagnostics as not_expressed
from flaresmith.compiler.lock import LOCK_PATH, Lock, LockedFile, as_read_back
from flaresmith.compiler.model import Diagnostic, File, Migration, Model, SchemaOperation, Severity, Source
from flaresmith.compiler.parse import parse
from flaresmith.compiler.paths import collisions, why_unsafe
from flaresmith.compiler.readme import readme
from flaresmith.compiler.tables import Table, tables, to_json
from flaresmith.compiler.targets import Target, all_targets

SPECS_FOLDER = "specs"

Job = Callable[[], list[File]]
Run = Callable[[Sequence[Job]], Iterable[list[File]]]


def one_after_another(jobs: Sequence[Job]) -> Iterable[list[File]]:
    """Run the jobs of a build here: the usual way, and the only one that fills a cache."""
    return (job() for job in jobs)


@dataclass(frozen=True, slots=True)
class Build:
    """What one compilation made.

    `files` holds everything that belongs in the repository, `flaresmith.lock` last; it is empty when the model has
    errors, and `lock` is then the one that was given. `operations` are the database steps that are new in this build.
    """

    model: Model
    files: tuple[File, ...]
    lock: Lock
    operations: tuple[SchemaOperation, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether files were made: no diagnostic is an error."""
        return not self.model.errors


def build(
    files: Mapping[str, bytes],
    *,
    name: str,
    lock: Lock | None = None,
    targets: Sequence[str] | None = None,
    cache: Cache | None = None,
    run: Run = one_after_another,
) -> Build:
    """Compile spec files (relative POSIX path → bytes) into a repository's files (001:FR-009).

    `lock` is the one of the build before: it carries the database's history. `targets` narrows the output by name;
    files of the others keep their place in the lock. An unknown target raises ValueError. The same input gives the
    same bytes, with a `cache` of earlier builds or without; with one, only what changed is read and made again.
    `run` does the independent jobs of a build, one per target, and gives their results in order.
    """
    with _collector_at_rest(), (cache or Cache()).in_use():
        return _build(files, name, lock or Lock(), targets, run)


def checksum(text: str) -> str:
    """The checksum of a file's text as the lock keeps it: hex sha256 over UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A build only ever adds objects: looking for garbage among them would take half of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _build(files: Mapping[str, bytes], name: str, previous: Lock, targets: Sequence[str] | None, run: Run) -> Build:
    emitters = [all_targets()[target] for target in _known(targets)]
    model = _with(parse(files, name=name), (*_refused_inputs(files), *_left_behind(files)))
    if model.errors:
        return Build(model, (), previous)
    model = _with(model, not_expressed(model))
    wanted = tables(model.entities)
    operations = schema_operations(tables_from_json(previous.tables), wanted)
    model = replace(model, migrations=_history(previous.migrations, operations))
    made = [File("README.md", readme(model), "readme", seed=True), *_copies(files)]
    made += chain.from_iterable(run([partial(_emitted, target, model) for target in emitters]))
    made += [file for target in emitters if target.summarise for file in target.summarise(model, tuple(made))]
    made.sort(key=lambda file: file.path)
    if refused := _refused_outputs(made):
        return Build(_with(model, refused), (), previous)
    new_lock = _record(model, made, wanted, previous if targets is not None else Lock())
    return Build(model, (*made, File(LOCK_PATH, new_lock.write().decode(), "lock")), new_lock, operations)


def _emitted(target: Target, model: Model) -> list[File]:
    return list(target.emit(model))


def _known(targets: Sequence[str] | None) -> Sequence[str]:
    known = all_targets()
    if targets is None:
        return list(known)
    if unknown := sorted(set(targets) - set(known)):
        raise ValueError(f"No target is named {', '.join(unknown)}. There are: {', '.join(known)}")
    return sorted(set(targets))


def _with(model: Model, diagnostics: Iterable[Diagnostic]) -> Model:
    return replace(model, diagnostics=(*model.diagnostics, *diagnostics))


def _refused_inputs(files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    for path in sorted(files):
        if reason := why_unsafe(path):
            yield _refusal(f"The path {path!r} {reason}.", path)
    for one, other in collisions(f"{SPECS_FOLDER}/{_inside(path)}" for path in sorted(files)):
        yield _refusal(f"{one!r} and {other!r} would be one file on some file systems.", other)


def _refused_outputs(files: Iterable[File]) -> list[Diagnostic]:
    paths = [file.path for file in files]
    found = [_refusal(f"The output path {path!r} {reason}.", path) for path in paths if (reason := why_unsafe(path))]
    found += [
        _refusal(f"Two outputs want one file: {one!r} and {other!r}.", other)
        for one, other in collisions([*paths, LOCK_PATH])
    ]
    return found


def _left_behind(files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """Generated files are text: a picture among the specs stays where it is."""
    for path in sorted(files):
        try:
            files[path].decode()
        except UnicodeDecodeError:
            message = f"{path} is not UTF-8 text and is not copied into the repository."
            yield Diagnostic("not-copied", Severity.INFO, message, Source(path, 1))


def _refusal(message: str, path: str) -> Diagnostic:
    hint = "Rename the file, or the entity or feature that it is named after."
    return Diagnostic("unsafe-path", Severity.ERROR, message, Source(path, 1), hint)


def _inside(path: str) -> str:
    return path.removeprefix(f"{SPECS_FOLDER}/")


def _copies(files: Mapping[str, bytes]) -> Iterator[File]:
    """The specs travel with what was made from them."""
    for path, data in files.items():
        with suppress(UnicodeDecodeError):
            yield File(f"{SPECS_FOLDER}/{_inside(path)}", data.decode(), "specs")


def _history(known: tuple[Migration, ...], operations: Sequence[SchemaOperation]) -> tuple[Migration, ...]:
    return (*known, as_read_back(next_migration(known, operations))) if operations else known


def _record(model: Model, files: Iterable[File], wanted: Sequence[Table], previous: Lock) -> Lock:
    locked = {file.path: _locked(file) for file in files}
    built = {file.target for file in locked.values()}
    kept = {path: file for path, file in previous.files.items() if file.target not in built and path not in locked}
    return Lock(
        spec_hash=model.spec_hash,
        constitution_version=model.constitution_version,
        files=kept | locked,
        tables=to_json(wanted),
        migrations=model.migrations,
    )


def _locked(file: File) -> LockedFile:
    places = sorted({(source.file, source.line) for source in file.sources})
    sources = tuple(f"{path}:{line}" for path, line in places)
    return LockedFile(checksum(file.text), file.target, file.requirements, file.seed, sources=sources)
