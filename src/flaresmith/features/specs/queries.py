"""Reads of specs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from flaresmith.features.projects import queries as projects
from flaresmith.features.specs.errors import SpecNotFound
from flaresmith.features.specs.models import SpecArtifact, SpecVersion
from flaresmith.features.specs.schemas import ArtifactView, VersionView
from flaresmith.kit.page import Page, after, page
from flaresmith.kit.tx import Tx


async def get_documents(tx: Tx, project_id: uuid.UUID) -> tuple[VersionView, dict[str, str]]:
    """The latest version of a project's specs and its documents, path → stored file; SpecNotFound without one."""
    await projects.get_project(tx, project_id)
    statement = select(SpecVersion).where(SpecVersion.project_id == project_id).order_by(SpecVersion.number.desc())
    row = (await tx.session.scalars(statement.limit(1))).first()
    if row is None:
        raise SpecNotFound()
    return VersionView.model_validate(row), row.documents


async def list_versions(tx: Tx, project_id: uuid.UUID, cursor: str | None = None, limit: int = 20) -> Page[VersionView]:
    """The versions of a project's specs, newest first."""
    await projects.get_project(tx, project_id)
    statement = after(select(SpecVersion).where(SpecVersion.project_id == project_id), SpecVersion, cursor, limit)
    rows = page((await tx.session.scalars(statement)).all(), limit)
    return Page([VersionView.model_validate(row) for row in rows.items], rows.next_cursor)


async def list_artifacts(tx: Tx, project_id: uuid.UUID) -> Sequence[ArtifactView]:
    """Every generated file of a project."""
    await projects.get_project(tx, project_id)
    rows = await tx.session.scalars(
        select(SpecArtifact).where(SpecArtifact.project_id == project_id).order_by(SpecArtifact.path)
    )
    return [ArtifactView.model_validate(row, from_attributes=True) for row in rows]
