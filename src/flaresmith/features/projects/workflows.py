"""Durable work of projects."""

from __future__ import annotations

from flaresmith.features.projects import live
from flaresmith.features.projects.events import ConvergenceRequested
from flaresmith.kit import observe
from flaresmith.kit.workflows import Run, workflow


@workflow("projects.converge", on=ConvergenceRequested, serial="project_id")
async def converge(run: Run, event: ConvergenceRequested) -> None:
    """Make a project's resources match what is declared: provisioning, applying and repair are the same."""
    try:
        await run.step("converge", live.converge_project, event.project_id, event.run_id)
    except Exception as error:
        observe.log().error("convergence failed", runId=str(event.run_id), exc_info=error)
        message = f"{type(error).__name__}: {error}"
        await run.step("fail", live.fail_run, event.project_id, event.run_id, message)
