"""What crosses the wire about specs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from flaresmith.compiler.build import Build
from flaresmith.compiler.lock import Ownership
from flaresmith.compiler.merge import Choice, Comparison, Take
from flaresmith.features.projects.schemas import NewProject, NewRevision, ProjectView, RunView, Wire

Path = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Documents = Annotated[dict[Path, str], Field(max_length=5000)]


class NewProjectWithSpecs(NewProject):
    """A project, and the documents it is born with: path → text. Without documents only the base is provisioned."""

    specs: Documents = Field(default_factory=dict)


class SpecCheck(Wire):
    """Documents to read, without a project."""

    name: str = Field("specs", min_length=1, max_length=64)
    files: Documents


class Accept(Wire):
    """One decision about a conflict: `hunk` from 1, or null for every place of the file that is in conflict.

    `text` is what `edit` writes. With `fingerprint`, of the conflict as it was shown, a decision about versions that
    have changed since counts for nothing.
    """

    path: Path
    take: Take
    hunk: Annotated[int, Field(ge=1, le=100_000)] | None = None
    text: Annotated[str, StringConstraints(max_length=4_000_000)] | None = None
    fingerprint: Annotated[str, StringConstraints(max_length=64)] = ""

    def choice(self) -> Choice:
        """The decision as the compiler takes it; ValueError for an edit without its text, and for a text without."""
        return Choice(self.path, self.take, self.hunk, self.text, self.fingerprint)


class PlanRequest(Wire):
    """Documents to plan. `keep` and `overwrite` decide whole files, `accept` the places that are in conflict."""

    project_id: uuid.UUID | str
    files: Documents
    keep: list[Path] = Field(default_factory=list, max_length=1000)
    overwrite: list[Path] = Field(default_factory=list, max_length=1000)
    accept: list[Accept] = Field(default_factory=list, max_length=5000)


class ApplyRequest(PlanRequest):
    """Documents to apply. `plan` binds to a saved plan: both hashes must still hold. `allow` names losses."""

    allow: list[Path] = Field(default_factory=list, max_length=1000)
    plan: PlanBinding | None = None
    dry_run: bool = False


class PlanBinding(Wire):
    """What a plan was made from."""

    spec_hash: str
    state_hash: str


class FileChange(Wire):
    """One file of a plan."""

    path: str
    change: str
    target: str
    requirements: list[str]
    lines_added: int
    lines_removed: int
    reason: str
    diff: str
    ownership: Ownership = Ownership.GENERATED


class DatabaseChange(Wire):
    """One step of the migration of a plan; `name` is what `allow` takes."""

    op: str
    name: str
    reason: str
    destructive: bool
    loses: str


class ResourceChange(Wire):
    """One resource of a plan."""

    key: str
    action: str
    provider: str
    kind: str
    name: str
    environment: str
    reason: str
    certain: bool


class PlanView(Wire):
    """What applying would change, with a reason each. Bound to the documents and the state it was made from."""

    project_id: uuid.UUID
    project: str
    spec_hash: str
    state_hash: str
    made_at: datetime
    summary: dict[str, int]
    code: list[FileChange]
    conflicts: list[dict[str, Any]]
    kept: list[str]
    kept_because: dict[str, str] = Field(default_factory=dict)
    database: list[DatabaseChange]
    resources: list[ResourceChange]
    diagnostics: list[dict[str, Any]]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.code or self.conflicts or self.database or self.resources)


class ApplyReply(Wire):
    """The drift report of §3.5, and the run that carries it out; no run where there was nothing to do."""

    report: dict[str, Any]
    run: RunView | None
    plan: PlanView | None = None


class ProjectReply(ProjectView):
    """A new project, and the run that provisions it."""

    run: RunView


class VersionView(Wire):
    """One version of a project's specs."""

    id: uuid.UUID
    number: int
    version: str
    spec_hash: str
    constitution_version: str
    counts: dict[str, Any]
    created_at: datetime
    run_id: uuid.UUID | None


class ArtifactView(Wire):
    """One generated file."""

    path: str
    artifact_type: str
    checksum: str
    requirements: list[str]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """Documents read, compiled and compared, before anything is written: what `apply` and `create_project` take.

    `documents` is path → address of the stored document; `revision` is None when the documents have errors;
    `beside` are files of ours that go with the code, which no plan shows.
    """

    build: Build
    documents: Mapping[str, str]
    revision: NewRevision | None
    comparison: Comparison | None = None
    plan: PlanView | None = None
    beside: Mapping[str, bytes] = field(default_factory=dict)


ApplyRequest.model_rebuild()
