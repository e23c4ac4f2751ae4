"""Calls that leave the building: documents compiled and compared with the code on the branch."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import orjson

from flaresmith.compiler.build import Build, build
from flaresmith.compiler.lock import LOCK_PATH, Lock, LockUnreadable
from flaresmith.compiler.merge import Comparison, bases, compare, needed_bases
from flaresmith.compiler.parse import to_json
from flaresmith.features.projects import live as project_live
from flaresmith.features.projects import queries as projects
from flaresmith.features.projects.schemas import NewRevision, ProjectView
from flaresmith.features.specs import queries
from flaresmith.features.specs.live.compiling import compiled
from flaresmith.features.specs.live.plan import plan_view
from flaresmith.features.specs.schemas import PlanRequest, PlanView, Prepared, SpecCheck
from flaresmith.kit import store
from flaresmith.kit.actor import Actor
from flaresmith.kit.errors import BadRequest
from flaresmith.kit.tx import begin


async def check(request: SpecCheck) -> dict[str, Any]:
    """Read documents and tell what was understood: the model and its diagnostics as JSON. Writes nothing."""
    built = await asyncio.to_thread(build, _bytes(request.files), name=request.name)
    return to_json(built.model)


async def prepare_new(name: str, documents: Mapping[str, str]) -> Prepared:
    """Compile the documents of a project that is to be, and store what was generated."""
    files = _bytes(documents)
    built = await asyncio.to_thread(build, files, name=name)
    if not built.ok:
        return Prepared(built, {}, None)
    revision = _revision(built, await _store(built), [], None, _message(built, None))
    return Prepared(built, await store.put_all(files), revision)


async def prepare(actor: Actor, request: PlanRequest, *, keep_files: bool = True) -> Prepared:
    """Compile documents, compare them with dev, and plan; `keep_files` stores what was generated for a run to use."""
    prepared = await _plan(actor, request)
    if keep_files and prepared.revision is not None and prepared.plan is not None and not prepared.plan.empty:
        await _store(prepared.build)
        if prepared.comparison is not None:
            await store.put_all(_written(prepared.comparison, prepared.beside))
        await store.put_all(_bytes(request.files))
    return prepared


async def plan(actor: Actor, request: PlanRequest) -> PlanView:
    """What applying these documents would change. Writes nothing anywhere."""
    prepared = await _plan(actor, request)
    if prepared.plan is None:
        raise RuntimeError("a plan was not made")
    return prepared.plan


async def read_documents(actor: Actor, project_id: uuid.UUID) -> dict[str, bytes]:
    """The documents of the latest version, path → content."""
    async with begin(actor, read_only=True) as tx:
        _, documents = await queries.get_documents(tx, project_id)
    return await store.get_all(documents)


async def read_model(actor: Actor, project: ProjectView) -> dict[str, Any]:
    """What the compiler understands of the latest version, as JSON."""
    documents = await read_documents(actor, project.id)
    built = await compiled(project.id, documents, name=project.name, emit=False)
    return to_json(built.model)


def diagnostics(built: Build) -> list[dict[str, Any]]:
    """What the compiler found, as JSON."""
    found: list[dict[str, Any]] = to_json(built.model)["diagnostics"]
    return found


async def _plan(actor: Actor, request: PlanRequest) -> Prepared:
    async with begin(actor, read_only=True) as tx:
        project = await projects.get_project(tx, request.project_id)
    files = _bytes(request.files)
    source = await project_live.read_source(project, "dev")
    lock = _lock(source.files)
    built = await compiled(project.id, files, name=project.name, lock=lock)
    if not built.ok:
        return Prepared(built, {}, None, None, plan_view(project, built, None, None, _state_hash(None, source.head)))
    bases = await _bases(project, built, source, lock)
    comparison = await asyncio.to_thread(_compare, built, source.files, lock, bases, request)
    beside = _beside(comparison, source.files)
    generated = {file.path: file.text.encode() for file in built.files}
    unchanged = {path: generated[path] for path in comparison.unchanged}
    revision = _revision(
        built,
        store.addresses(unchanged | _written(comparison, beside)),
        list(comparison.deletes()),
        source.head,
        _message(built, comparison),
    )
    changes = comparison.changes or comparison.conflicts
    look = await project_live.look(actor, project.id, revision if changes else None)
    if not changes and _pushed(look, source.head):
        look = await project_live.look(actor, project.id, revision)
    view = plan_view(project, built, comparison, look, _state_hash(look, source.head))
    return Prepared(built, store.addresses(files), revision, comparison, view, beside)


def _pushed(look: project_live.Look, head: str | None) -> bool:
    """Whether dev's branch is at another commit than the one that was put there last: somebody pushed."""
    known = look.states.get("commit-dev")
    return known is not None and head is not None and known.outputs.get("commit") != head


async def _bases(
    project: ProjectView, built: Build, source: project_live.Source, lock: Lock | None
) -> dict[str, bytes]:
    """The versions that were generated last: from the branch, what this copy has stored, or earlier commits."""
    needed = needed_bases(built, source.files, lock)
    found = bases.read(source.files.get(bases.BASES_PATH), needed.values())
    found |= await store.find_all(set(needed.values()) - found.keys())
    missing = {path: checksum for path, checksum in needed.items() if checksum not in found}
    if missing and source.head:
        found |= await project_live.read_earlier(project, source.head, missing)
    return found


def _beside(comparison: Comparison, present: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the next merge starts from, as a file of the branch, where files of the branch do not hold it."""
    before = present.get(bases.BASES_PATH)
    kept = comparison.bases(of_all=False)
    data = bases.write(kept, before)
    return {bases.BASES_PATH: data} if comparison.changes and (kept or before) and data != before else {}


def _written(comparison: Comparison, beside: Mapping[str, bytes]) -> dict[str, bytes]:
    return {**comparison.writes(), **beside}


def _compare(
    built: Build, present: Mapping[str, bytes], lock: Lock | None, known: Mapping[str, bytes], request: PlanRequest
) -> Comparison:
    try:
        choices = [each.choice() for each in request.accept]
        return compare(
            built, present, lock, bases=known, keep=request.keep, overwrite=request.overwrite, choices=choices
        )
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _lock(files: Mapping[str, bytes]) -> Lock | None:
    if LOCK_PATH not in files:
        return None
    try:
        return Lock.read(files[LOCK_PATH])
    except LockUnreadable as error:
        raise BadRequest(
            f"{LOCK_PATH} on the branch dev cannot be read: {error}", hint="Take the last edit of it back."
        ) from None


def _bytes(documents: Mapping[str, str]) -> dict[str, bytes]:
    return {path: content.encode("utf-8", "replace") for path, content in documents.items()}


async def _store(built: Build) -> dict[str, str]:
    return await store.put_all({file.path: file.text.encode() for file in built.files})


def _revision(built: Build, files: dict[str, str], deleted: list[str], parent: str | None, message: str) -> NewRevision:
    return NewRevision(
        message=message, spec_hash=built.model.spec_hash, files=files, deleted=deleted, parent_commit=parent
    )


def _message(built: Build, comparison: Comparison | None) -> str:
    """The commit's message: what changed, and the requirements it serves."""
    if comparison is None:
        subject = f"Generate {built.model.name} from its specs"
        served = sorted({r.id for f in built.model.features for r in f.requirements})
    elif not comparison.changes:
        subject, served = "Take in what was pushed to dev", []
    else:
        subject = (
            f"Apply specs: {len(comparison.created)} created, {len(comparison.modified)} changed, "
            f"{len(comparison.deleted)} deleted"
        )
        served = sorted({r for change in comparison.changes for r in change.requirements})
    body = f"\n\nServes {', '.join(served[:40])}" if served else ""
    return f"{subject}{body}\n\nSpec: {built.model.spec_hash[:12]}\n"


def _state_hash(look: project_live.Look | None, head: str | None) -> str:
    """Changes whenever a resource or the branch does: what a saved plan is bound to."""
    states = [
        (s.key, s.status.value, s.spec_hash, s.external_id)
        for s in sorted(look.states.values() if look else (), key=lambda s: s.key)
    ]
    return hashlib.sha256(orjson.dumps([states, head])).hexdigest()
