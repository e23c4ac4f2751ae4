"""What can have happened to a project."""

from __future__ import annotations

import uuid

from flaresmith.kit.events import Event


class ConvergenceRequested(Event, name="projects.convergence_requested"):
    """Somebody wants the project's resources brought to what is declared; `run_id` streams the work."""

    project_id: uuid.UUID
    run_id: uuid.UUID


class EnvironmentReleased(Event, name="projects.environment_released"):
    """A convergence changed (or failed to change) what runs in an environment."""

    project_id: uuid.UUID
    environment_id: uuid.UUID
    run_id: uuid.UUID
    commit: str
    succeeded: bool
    seconds: float
    error: str = ""


class ProjectArchived(Event, name="projects.archived"):
    """A project was destroyed: its resources are gone, its rows stay."""

    project_id: uuid.UUID
