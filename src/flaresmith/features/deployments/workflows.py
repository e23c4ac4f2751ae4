"""Durable work of deployments."""

from __future__ import annotations

from flaresmith.features.deployments import service as deployments
from flaresmith.features.projects.events import EnvironmentReleased
from flaresmith.kit.actor import Actor
from flaresmith.kit.tx import begin
from flaresmith.kit.workflows import Run, workflow


@workflow("deployments.record", on=EnvironmentReleased)
async def record(run: Run, event: EnvironmentReleased) -> None:
    """Keep what was released."""
    await run.step("record", _record, run.actor, event)


async def _record(actor: Actor, event: EnvironmentReleased) -> None:
    async with begin(actor) as tx:
        await deployments.record(tx, event)
