"""Compiling for the server: a project's builds share a cache, and never wait for each other or mix."""

from __future__ import annotations

import asyncio
import uuid

from flaresmith.compiler.build import build
from flaresmith.features.specs.live.compiling import KEPT, compiled


def documents(*fields: str) -> dict[str, bytes]:
    lines = "\n".join(f"- {name} (string, max 40) REQUIRED" for name in fields)
    return {"001-notes/data-model.md": f"# Data Model\n\n### Note\n\n- id (uuid, pk) REQUIRED\n{lines}\n".encode()}


async def test_builds_at_the_same_moment_give_what_each_would_give_alone() -> None:
    project = uuid.uuid4()
    wanted = [documents("title"), documents("title", "mood"), documents("mood"), documents("title")]
    made = await asyncio.gather(*(compiled(project, files, name="Notes") for files in wanted))
    assert [one.files for one in made] == [build(files, name="Notes").files for files in wanted]


async def test_what_is_only_understood_is_not_generated() -> None:
    made = await compiled(uuid.uuid4(), documents("title"), name="Notes", emit=False)
    assert made.model.entity("Note")
    assert not any(file.target == "fastapi" for file in made.files)


async def test_projects_do_not_mix_however_many_there_are() -> None:
    projects = [uuid.uuid4() for _ in range(KEPT + 2)]
    for turn in range(2):
        for number, project in enumerate(projects):
            made = await compiled(project, documents(f"f{number}", f"t{turn}"), name="Notes")
            entity = made.model.entity("Note")
            assert entity
            assert [field.name for field in entity.fields][1:] == [f"f{number}", f"t{turn}"]
