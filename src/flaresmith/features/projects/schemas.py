"""What crosses the wire about projects."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from flaresmith.kit.permissions import ProjectRole

ROLES = ("code", "database", "runtime", "collections")


class Wire(BaseModel):
    """camelCase outside, snake_case inside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, frozen=True)


class NewProject(Wire):
    """A project to create (001:US1). `providers` picks one provider per role; what is left out is local."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=3, max_length=64, pattern=r"^\S(.*\S)?$")
    slug: str | None = Field(None, pattern=r"^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$")
    org_id: uuid.UUID | None = None
    providers: dict[Literal["code", "database", "runtime", "collections"], str] = Field(default_factory=dict)
    specs_source: str = Field("", max_length=4096)


class ProjectChanges(Wire):
    """What of a project can be changed."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, min_length=3, max_length=64)
    specs_source: str | None = Field(None, max_length=4096)


class ProjectView(Wire):
    """A project as its members see it."""

    id: uuid.UUID
    org_id: uuid.UUID
    name: str
    slug: str
    handle: str
    status: str
    providers: dict[str, str]
    specs_source: str
    role: str = ""
    created_at: datetime
    updated_at: datetime


class EnvironmentView(Wire):
    """An environment with where it runs and what it runs; `resources` are its rows by key."""

    id: uuid.UUID
    project_id: uuid.UUID
    name: str
    kind: str
    state: str
    branch: str
    url: str | None = None
    commit: str | None = None
    revision: int | None = None
    checks: dict[str, Any] = Field(default_factory=dict)
    resources: list[ResourceView] = Field(default_factory=list)
    updated_at: datetime


class ResourceView(Wire):
    """A resource as its members see it: no secret outputs."""

    key: str
    environment: str
    provider: str
    kind: str
    name: str
    status: str
    error: str
    outputs: dict[str, Any]
    updated_at: datetime


class RunView(Wire):
    """A run and how it ended; `events` is the address of its live stream."""

    id: uuid.UUID
    project_id: uuid.UUID
    kind: str
    status: str
    started_by: uuid.UUID | None = None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    report: dict[str, Any]

    @property
    def active(self) -> bool:
        return self.status in ("queued", "running")


class MemberView(Wire):
    """A member of a project."""

    user_id: uuid.UUID
    role: ProjectRole


class NewMember(Wire):
    """The role a person is to have."""

    role: ProjectRole


class NewRevision(BaseModel):
    """A wanted state of the code, stored already: path → address. For other features, not for the wire."""

    message: str
    spec_hash: str
    files: dict[str, str]
    deleted: list[str] = Field(default_factory=list)
    parent_commit: str | None = None


EnvironmentView.model_rebuild()
