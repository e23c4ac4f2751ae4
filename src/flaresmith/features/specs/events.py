"""What can have happened to specs."""

from __future__ import annotations

import uuid

from flaresmith.kit.events import Event


class SpecApplied(Event, name="specs.applied"):
    """A new version of a project's specs was accepted and its code is on the way."""

    project_id: uuid.UUID
    run_id: uuid.UUID
    version: str
