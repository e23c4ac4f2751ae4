"""The tables of specs."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from flaresmith.kit.model import Policy, Row, Table

_CHILD = "project_id IN (SELECT auth.my_projects())"


class SpecVersion(Row, Table):
    """What one set of documents said. `documents` is path → stored file; `counts` is what the compiler found."""

    __tablename__ = "spec_versions"
    __policy__ = Policy(select=_CHILD, insert=_CHILD, system="SELECT, INSERT")
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    org_id: Mapped[uuid.UUID]
    number: Mapped[int]
    version: Mapped[str]
    constitution_version: Mapped[str]
    spec_hash: Mapped[str]
    documents: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    author_id: Mapped[uuid.UUID | None]
    run_id: Mapped[uuid.UUID | None]


class SpecArtifact(Table):
    """One generated file as it was last generated."""

    __tablename__ = "spec_artifacts"
    __policy__ = Policy(select=_CHILD, insert=_CHILD, update=_CHILD, delete=_CHILD)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[uuid.UUID]
    artifact_type: Mapped[str]
    checksum: Mapped[str]
    requirements: Mapped[list[Any]]
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("spec_versions.id", ondelete="CASCADE"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
