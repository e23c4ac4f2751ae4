"""`flaresmith status`: what runs here, and how the projects stand."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from flaresmith import cli
from flaresmith.cli.remote import outcome
from flaresmith.cli.remote.api import Api
from flaresmith.cli.remote.copy import find, is_here
from flaresmith.kit.errors import Problem
from flaresmith.kit.machine import health
from flaresmith.kit.machine.home import Home

ROLES = ("web", "api", "orchestrator", "preview")
_HEALTH_S = 3.0
_SHOWN = ("name", "kind", "state", "url", "commit", "branch", "revision", "updatedAt")

Roles = dict[str, dict[str, Any]]


def status(data: cli.Data = cli.DEFAULT_DATA, as_json: cli.AsJson = False) -> None:
    """Show every role and every project with its environments. Exit code 1 when something is not well."""
    told: dict[str, Any] = {"roles": roles(Home(data)) if is_here() else {}, "projects": []}
    problem: Problem | None = None
    try:
        api = Api(find(data))
        told["projects"] = projects(api)
        told["roles"] = told["roles"] or {"api": {"url": api.copy.api, "ok": True}}
    except Problem as found:
        problem = found
    _tell(told, problem, as_json)
    if problem is not None:
        raise typer.Exit(cli.FAILED if told["roles"] else cli.exit_code(problem))
    if not all(role["ok"] for role in told["roles"].values()):
        raise typer.Exit(cli.FAILED)


def roles(home: Home) -> Roles:
    """Each role of the copy in a data directory: where it is, and whether it is well. Empty when none runs there."""
    run = home.read_run()
    if run is None:
        return {}
    urls = {name: run[name] for name in ROLES if run.get(name)}
    with ThreadPoolExecutor(len(ROLES)) as pool:
        found = dict(zip(urls, pool.map(_role, urls.values()), strict=True))
    return found | {"worker": _worker(home)}


def projects(api: Api) -> list[dict[str, Any]]:
    """Each project with its environments, newest first."""
    return [
        {
            "name": project["name"],
            "slug": project["slug"],
            "status": project["status"],
            "environments": [
                {key: environment.get(key) for key in _SHOWN} for environment in outcome.environments(api, project)
            ],
        }
        for project in api.all("/projects")
    ]


def _role(url: str) -> dict[str, Any]:
    status, body = health.probe(url, _HEALTH_S)
    try:
        parts = orjson.loads(body).get("parts")
    except (orjson.JSONDecodeError, AttributeError):
        parts = None
    return {"url": url, "ok": status == 200, "status": status or None} | ({"parts": parts} if parts else {})


def _worker(home: Home) -> dict[str, Any]:
    """The worker answers for its health on a port that only this computer is told."""
    port = home.ports().get("worker")
    pid = _child(home.supervisor(), "worker")
    if not pid or not port:
        return {"url": None, "ok": False, "pid": pid or None}
    return _role(f"http://127.0.0.1:{port}") | {"pid": pid}


def _child(parent: int, name: str) -> int:
    """Process id of the part of this name that `parent` has started, 0 when it does not live."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            before, _, after = path.read_text().rpartition(")")
        except OSError:
            continue  # ended just now
        state, ppid = after.split()[:2]
        if before.endswith(f"(fs:{name}") and int(ppid) == parent and state != "Z":
            return int(path.parent.name)
    return 0


def _tell(told: dict[str, Any], problem: Problem | None, as_json: bool) -> None:
    if as_json:
        cli.print_json(told | (cli.problem_json(problem) if problem else {}))
        return
    if told["roles"]:
        cli.out.print(_table(told["roles"]))
    for project in told["projects"]:
        cli.out.print(Text.assemble("\n", (cli.plain(project["name"]), "bold"), "  ", outcome.state(project["status"])))
        outcome.show_environments(project["environments"])
    if problem is not None:
        cli.print_problem(problem, as_json=False)
    elif not told["projects"]:
        cli.out.print("\nThere are no projects yet. `flaresmith project create --name NAME --specs PATH` makes one.")


def _table(found: Roles) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("role", "state", "url"):
        table.add_column(title, no_wrap=True, overflow="ignore")
    for name, role in found.items():
        table.add_row(name, _well(role), role["url"] or "–")
    return table


def _well(role: Mapping[str, Any]) -> Text:
    if role["ok"]:
        return Text("✓ ok", style="green")
    parts = role.get("parts")
    words = [f"{name}: {word}" for name, word in parts.items() if word != "ok"] if isinstance(parts, dict) else []
    return Text(f"✗ {cli.plain(', '.join(words))}" if words else "✗ down", style="red")
