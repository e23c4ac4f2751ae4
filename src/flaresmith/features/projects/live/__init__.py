"""Calls that leave the building: convergence itself, a look at what is there, and the code on a branch."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from flaresmith.features.projects import queries
from flaresmith.features.projects import service as projects
from flaresmith.features.projects.live import providers
from flaresmith.features.projects.live.graph import WantedCode, WantedEnvironment, WantedProject, desired
from flaresmith.features.projects.live.providers import require_providers
from flaresmith.features.projects.models import Environment, Revision
from flaresmith.features.projects.schemas import EnvironmentView, NewRevision, ProjectView, RunView
from flaresmith.kit import clock, observe
from flaresmith.kit.actor import Actor, system
from flaresmith.kit.converge import Change, Note, Report, State, converge, pending, plan, refresh, title
from flaresmith.kit.errors import NotFound, Problem
from flaresmith.kit.resources import Desired
from flaresmith.kit.stream import append
from flaresmith.kit.tx import Tx, begin

__all__ = ["Source", "converge_project", "fail_run", "look", "read_earlier", "read_source", "require_providers"]


_COMMITS = 200  # to look for an earlier version of a file in


@dataclass(frozen=True, slots=True)
class Source:
    """The code on a branch: its head, None when there is no branch yet, and its files by path."""

    head: str | None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """What is wanted, what was found, and what would change."""

    desired: Sequence[Desired]
    states: Mapping[str, State]
    changes: Sequence[Change]


async def read_source(project: ProjectView, branch: str) -> Source:
    """The files at the head of a branch, read from the code provider; empty when nothing was provisioned yet."""
    code: Any = await providers.kind(project.providers["code"], "repository")
    try:
        tree = await code.read_tree(project.handle, branch)
        commits = await code.log(project.handle, branch, 1)
    except NotFound:
        return Source(None)
    return Source(commits[0].sha, await code.read_files(project.handle, commits[0].sha, sorted(tree)))


async def read_earlier(project: ProjectView, head: str, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """Files of earlier commits by checksum, for path → checksum (hex sha256); what no recent commit has is left out."""
    code: Any = await providers.kind(project.providers["code"], "repository")
    found: dict[str, bytes] = {}
    missing = dict(wanted)
    for commit in await code.log(project.handle, head, _COMMITS):
        if not missing:
            break
        files = await code.read_files(project.handle, commit.sha, sorted(missing))
        for path, content in files.items():
            if hashlib.sha256(content).hexdigest() == missing[path]:
                found[missing.pop(path)] = content
    return found


async def look(actor: Actor, project_id: uuid.UUID, revision: NewRevision | None = None) -> Look:
    """What a convergence would change now, or with `revision` on dev. Reads only: the database refuses to write."""
    async with begin(actor, read_only=True) as tx:
        project = await queries.get_project(tx, project_id)
        wanted = await _wanted(tx, project, revision)
        states = await projects.load_states(tx, project_id)
    graph = desired(wanted)
    seen = await refresh(states, owner=str(project_id), kinds=providers.kind, specs={d.key: d.spec for d in graph})
    return Look(graph, seen, plan(graph, seen))


async def converge_project(project_id: uuid.UUID, run_id: uuid.UUID) -> bool:
    """Bring the project's resources to what is declared and end the run; safe to repeat after any interruption."""
    async with begin(system()) as tx:
        project = await queries.get_project(tx, project_id)
    actor = system(org_id=project.org_id)
    async with begin(actor) as tx:
        run = await projects.start_run(tx, run_id)
        wanted = await _wanted(tx, project)
        states = await projects.load_states(tx, project_id)
        environments = await queries.list_environments(tx, project_id)
    if not run.active:
        return run.status == "succeeded"
    graph = [] if run.kind == "destroy" else desired(wanted)
    specs = {d.key: d.spec for d in graph}
    seen = await refresh(states, owner=str(project_id), kinds=providers.kind, specs=specs)
    changes = plan(graph, seen)
    await _announce(actor, project_id, run, changes)
    report = await converge(
        changes,
        owner=str(project_id),
        states=seen,
        journal=_Journal(actor, project_id, run_id),
        kinds=providers.kind,
        limits=providers.limits(),
    )
    released = {e.name: e.checks.get("released") for e in environments}
    checks = await _verify(actor, project, run_id, report, released.get("dev")) if report.ok and graph else {}
    await _conclude(actor, project_id, run, environments, report, checks)
    return report.ok


async def fail_run(project_id: uuid.UUID, run_id: uuid.UUID, message: str) -> None:
    """End a run that could not be carried through: what exists stays, the next run goes on from it."""
    async with begin(system()) as tx:
        project = await queries.get_project(tx, project_id)
        environments = await queries.list_environments(tx, project_id)
        outcomes = {e.name: False for e in environments if e.state in ("provisioning", "updating", "validating")}
        await projects.end_work(tx, project.id, outcomes, "run failed", {})
        await projects.finish_run(tx, run_id, ok=False, summary=message, report={"error": message})


async def _wanted(tx: Tx, project: ProjectView, revision: NewRevision | None = None) -> WantedProject:
    rows = await tx.session.execute(
        select(Environment.name, Environment.branch, Revision)
        .outerjoin(Revision, Revision.id == Environment.revision_id)
        .where(Environment.project_id == project.id, Environment.state != "archived")
    )
    environments = [WantedEnvironment(name, branch, _code(row)) for name, branch, row in rows]
    if revision is not None:
        fresh = any(e.code is None for e in environments)
        code = _new_code(revision)
        environments = [
            WantedEnvironment(e.name, e.branch, code if e.name == "dev" or fresh else e.code) for e in environments
        ]
    return WantedProject(project.id, project.name, project.handle, project.providers, environments)


def _code(row: Revision | None) -> WantedCode | None:
    if row is None:
        return None
    return WantedCode(row.number, row.message, row.created_at, row.files, row.deleted, row.parent_commit)


def _new_code(new: NewRevision) -> WantedCode:
    return WantedCode(0, new.message, clock.now(), new.files, new.deleted, new.parent_commit)


@dataclass(frozen=True, slots=True)
class _Journal:
    """Convergence's journal, kept by the project's verbs."""

    actor: Actor
    project_id: uuid.UUID
    run_id: uuid.UUID

    async def write(self, states: Sequence[State], notes: Sequence[Note]) -> None:
        async with begin(self.actor) as tx:
            await projects.write_journal(tx, self.project_id, self.run_id, states, notes)


async def _announce(actor: Actor, project_id: uuid.UUID, run: RunView, changes: Sequence[Change]) -> None:
    """Say what is going to happen, and move the environments it happens to."""
    due = pending(changes)
    steps = [{"step": c.key, "title": title(c.subject), "group": c.subject.environment} for c in due]
    async with begin(actor) as tx:
        usual = await queries.usual_seconds(tx, project_id, run.kind)
        reasons = {c.key: c.reason for c in due}
        started = {"kind": run.kind, "steps": steps, "reasons": reasons, "usual_s": round(usual, 1) if usual else None}
        await append(tx, run.id, ("run.started", started))
        if run.kind != "destroy":
            touched = {c.subject.environment for c in due} - {"all"}
            await projects.begin_work(tx, project_id, touched, run.kind)


async def _verify(
    actor: Actor, project: ProjectView, run_id: uuid.UUID, report: Report, released: str | None
) -> dict[str, dict[str, Any]]:
    """Run dev's collection against dev when dev runs another commit; its report is kept with the environment."""
    if _commit(report, "dev") in ("", released):
        return {}
    state = report.states["collection-dev"]
    journal = _Journal(actor, project.id, run_id)
    step = {"step": "verify-dev", "title": "run the collection against dev", "group": "dev"}
    await journal.write([], [("step.started", step)])
    started = clock.now()
    collections: Any = await providers.kind(state.provider, "collection")
    try:
        result = (await collections.run(state.name, report.states["service-dev"].outputs["url"])).to_json()
    except Problem as problem:
        result = {"requests": 0, "failed": 1, "error": problem.message}
    seconds = (clock.now() - started).total_seconds()
    ok = not result.get("failed")
    await journal.write(
        [], [("step.finished", {**step, "outcome": "done" if ok else "failed", "seconds": round(seconds, 3)})]
    )
    return {"dev": {"collection": result}}


async def _conclude(
    actor: Actor,
    project_id: uuid.UUID,
    run: RunView,
    environments: Sequence[EnvironmentView],
    report: Report,
    checks: dict[str, dict[str, Any]],
) -> None:
    """Record what came out: environment states, releases, and the end of the run."""
    broken = {o.environment for o in report.outcomes if o.outcome in ("failed", "skipped")}
    outcomes = {e.name: not ({e.name, "all"} & broken) for e in environments}
    summary = _summary(report)
    async with begin(actor) as tx:
        if run.kind != "destroy":
            for environment in environments:
                await _record_release(tx, run, environment, report)
            facts = {name: {**checks.get(name, {}), "released": _commit(report, name)} for name in outcomes}
            await projects.end_work(tx, project_id, outcomes, run.kind, facts)
        await projects.finish_run(tx, run.id, ok=report.ok, summary=summary, report=_report_json(report))
    observe.log().info("converged", projectId=str(project_id), runId=str(run.id), ok=report.ok, summary=summary)


async def _record_release(tx: Tx, run: RunView, environment: EnvironmentView, report: Report) -> None:
    """Say what an environment runs now, when that is not what was said last; a crash in between changes nothing."""
    outcome = next((o for o in report.outcomes if o.key == f"service-{environment.name}"), None)
    commit = _commit(report, environment.name)
    same = commit == environment.checks.get("released")
    if outcome is None or outcome.outcome == "skipped" or (outcome.outcome != "failed" and same):
        return
    await projects.record_release(
        tx,
        run.id,
        environment,
        commit=commit,
        succeeded=outcome.outcome != "failed",
        seconds=outcome.seconds,
        error=outcome.error,
    )


def _commit(report: Report, environment: str) -> str:
    """The commit that an environment was to run; empty when there is none."""
    state = report.states.get(f"commit-{environment}")
    return str(state.outputs.get("commit", "")) if state else ""


def _summary(report: Report) -> str:
    done, unchanged = report.of("done"), report.of("unchanged")
    failed, skipped = report.of("failed"), report.of("skipped")
    words = [f"{len(done)} done"]
    words += [f"{len(unchanged)} as they were"] if unchanged else []
    words += [f"{len(failed)} failed"] if failed else []
    words += [f"{len(skipped)} not tried"] if skipped else []
    return ", ".join(words)


def _report_json(report: Report) -> dict[str, Any]:
    failed = [{"key": o.key, "error": o.error, "hint": o.hint} for o in report.of("failed")]
    skipped = [{"key": o.key, "error": o.error} for o in report.of("skipped")]
    how = "Remove the cause, then apply again: what is done stays done." if failed else ""
    return {
        "done": [o.key for o in report.of("done")],
        "unchanged": [o.key for o in report.of("unchanged")],
        "failed": failed,
        "skipped": skipped,
        **({"next": how} if how else {}),
    }
