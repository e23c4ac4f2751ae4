"""Names that outlive a release: rows, queues and clients elsewhere hold them. Changing one here is a decision.

A new name is a new line in `durable_names.txt`. A changed or removed one breaks what was written under the old name:
do it only with a migration of what is stored, and say so where the change is described.
"""

from __future__ import annotations

import ast
import difflib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.house.tree import PACKAGE, modules

from flaresmith.cli.local.docs.generate import import_all
from flaresmith.cli.local.docs.mistakes import all_errors
from flaresmith.features.projects.live import graph
from flaresmith.kit import discover, events, permissions, workflows
from flaresmith.kit.converge import Action, Status

KEPT = Path(__file__).with_name("durable_names.txt")


def test_durable_names_are_those_that_were_kept() -> None:
    import_all()
    found, kept = "\n".join(_names()) + "\n", KEPT.read_text()
    changes = difflib.unified_diff(kept.splitlines(), found.splitlines(), KEPT.name, "the code", n=0, lineterm="")
    assert found == kept, "\n".join(changes)


def _names() -> Iterator[str]:
    list(discover.modules("workflows"))
    sections = {
        "workflows": set(_workflows()),
        "workflow steps": set(_steps()),
        "queues": {workflows.EVENTS, workflows.SERIAL},
        "engine version": {workflows.APPLICATION_VERSION},
        "events": {name for name, one in events.declared().items() if one.__module__.startswith("flaresmith.")},
        "error codes": {one.code for one in all_errors()},
        "permissions": {one.name for one in permissions.declared()},
        "project roles": {one.value for one in permissions.ProjectRole},
        "resource keys": set(_resource_keys()),
        "resource states": {one.value for one in Status} | {one.value for one in Action},
    }
    for title, names in sections.items():
        yield f"# {title}"
        yield from sorted(names)
        yield ""


def _workflows() -> Iterator[str]:
    yield workflows.DISPATCH
    for listening in workflows.listeners().values():
        yield from (one.name for one in listening if one.event.__module__.startswith("flaresmith."))


def _steps() -> Iterator[str]:
    """`run.step("name", …)` wherever a workflow says it."""
    for path in modules():
        if "features" in path.parts and "workflows" in path.relative_to(PACKAGE).as_posix():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "step":
                    assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}: a step has a fixed name"
                    yield f"{path.relative_to(PACKAGE / 'features').parts[0]}: {node.args[0].value}"


def _resource_keys() -> Iterator[str]:
    code = graph.WantedCode(1, "first", datetime(2026, 1, 1, tzinfo=UTC), {}, [], None)
    places = [graph.WantedEnvironment(name, name, code) for name in ("dev", "staging", "prod")]
    roles = dict.fromkeys(("code", "database", "runtime", "collections"), "local")
    wanted = graph.WantedProject(uuid.UUID(int=1), "Shop", "shop", roles, places)
    return (resource.key for resource in graph.desired(wanted))
