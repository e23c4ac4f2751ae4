"""A worker of the tests: one workflow of three steps that tells in a file what it did.

Run as `python tallying.py FOLDER`. The second step waits until `FOLDER/go` exists.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from flaresmith import worker
from flaresmith.features.specs.events import SpecApplied
from flaresmith.kit.workflows import Run, workflow

FOLDER = Path(sys.argv[1])


@workflow("tests.tally", on=SpecApplied)
async def tally(run: Run, event: SpecApplied) -> None:
    first = await run.step("first", _tell, f"first {event.version} {run.key('first').startswith(run.id)}")
    await run.step("wait", _wait)
    await run.step("last", _tell, f"last after {first}")


async def _tell(line: str) -> int:
    with (FOLDER / "tally").open("a") as file:
        file.write(line + "\n")
    return len(line)


async def _wait() -> None:
    await _tell("waiting")
    while not (FOLDER / "go").exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    worker.run()
