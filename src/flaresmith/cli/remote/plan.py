"""`flaresmith plan`: what applying the specs would change. Changes nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from flaresmith import cli
from flaresmith.cli import changes, findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.remote import choose, outcome
from flaresmith.cli.remote.api import Api, Refusal
from flaresmith.cli.remote.copy import find
from flaresmith.kit.errors import Unavailable

Specs = Annotated[
    Path | None,
    typer.Option("--specs", metavar="PATH", help="The specs; left out: where the project's author keeps them."),
]
Keep = Annotated[
    list[str] | None, typer.Option("--keep", metavar="FILE", help="In a conflict, leave this file as it is.")
]
Overwrite = Annotated[
    list[str] | None,
    typer.Option("--overwrite", metavar="FILE", help="In a conflict, replace this file by the new one."),
]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="FILE[#N]=SIDE",
        help="In a conflict, take `ours`, `theirs` or `edit:TEXTFILE` for the file, or for its place number N.",
    ),
]
Diff = Annotated[bool, typer.Option("--diff", help="Show what changes in each file.")]
_MAX_PLAN = 256 * 1024 * 1024


def plan(
    project: choose.Maybe = None,
    specs: Specs = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Keep the plan for `apply`.")] = None,
    keep: Keep = None,
    overwrite: Overwrite = None,
    accept: Accept = None,
    diffs: Diff = False,
    data: cli.Data = cli.DEFAULT_DATA,
    as_json: cli.AsJson = False,
) -> None:
    """Show what `apply` would change: code, database and resources, each with its reason. Writes nothing."""
    api = Api(find(data))
    chosen = choose.one(api, project, specs)
    read = choose.specs_of(chosen, specs)
    decided = {"keep": keep or [], "overwrite": overwrite or [], "accept": accepted(accept or [])}
    try:
        made = api.post("/specs/plan", {"projectId": chosen["id"], "files": read.texts(), **decided})
    except Refusal as problem:
        outcome.explain(problem, read, f"flaresmith plan {chosen['slug']}")
        raise
    if out is not None:
        _save(out, {**made, "specs": str(read.source), **decided})
    cli.print_json(made) if as_json else _print(made, chosen, read, out, diffs)
    if findings.count(made["diagnostics"])["error"]:
        raise typer.Exit(cli.FAILED)


def accepted(options: list[str]) -> list[dict[str, Any]]:
    """Decisions as the API takes them, of `FILE[#N]=SIDE`; UsageRefused for what is none."""
    return [_accepted(option) for option in options]


def _accepted(option: str) -> dict[str, Any]:
    what, _, side = option.rpartition("=")
    path, _, number = what.rpartition("#") if what.rpartition("#")[2].isdecimal() else (what, "", "")
    take, _, file = side.partition(":")
    if not path or take not in {"ours", "theirs", "edit"} or (take == "edit") != bool(file):
        hint = "For example: --accept api/app/main.py#1=ours, or =theirs, or =edit:mine.txt"
        raise cli.UsageRefused(f"{option} is no decision.", hint=hint)
    try:
        text = Path(file).read_bytes().decode() if file else None
    except (OSError, UnicodeDecodeError) as error:
        raise cli.UsageRefused(f"{file} cannot be read: {error}.") from None
    return {"path": path, "take": take, "hunk": int(number) if number else None, "text": text}


def load(path: Path) -> dict[str, Any]:
    """A plan that was kept; UsageRefused when the file holds none."""
    try:
        with path.open("rb") as file:
            kept = orjson.loads(file.read(_MAX_PLAN))
    except OSError as error:
        raise cli.UsageRefused(f"{path} cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError:
        kept = None
    if not isinstance(kept, dict) or not all(isinstance(kept.get(key), str) for key in _BINDING):
        raise cli.UsageRefused(f"{path} holds no plan.", hint="Make one with `flaresmith plan --out FILE`.")
    return kept


_BINDING = ("projectId", "specHash", "stateHash")


def binding(kept: Mapping[str, Any]) -> dict[str, str]:
    """What a plan was made from, as `apply` sends it."""
    return {"specHash": kept["specHash"], "stateHash": kept["stateHash"]}


def _save(path: Path, made: Mapping[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_bytes(orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable(f"{path} cannot be written: {error.strerror}.", hint="Name another file.") from None


def _print(made: dict[str, Any], project: dict[str, Any], read: Documents, out: Path | None, diffs: bool) -> None:
    outcome.show_notes(read)
    findings.show_some(cli.err, made["diagnostics"], 10, read.on_disk)
    if findings.count(made["diagnostics"])["error"]:
        cli.err.print(f"{findings.words(made['diagnostics'])}: there is nothing to plan.", style="bold")
        return
    if changes.is_empty(made):
        cli.out.print(f"Nothing to do: {cli.plain(project['name'])} is as its specs say.", markup=False)
    changes.show(cli.out, made, diffs=diffs)
    for line in _next(made, str(project["slug"]), out):
        cli.out.print(line, style="dim", markup=False)


def _next(made: dict[str, Any], slug: str, out: Path | None) -> list[str]:
    """The words to type next."""
    if changes.is_empty(made):
        return []
    command = f"flaresmith apply {slug}" + (f" --plan {out}" if out else "")
    losing = [step["name"] for step in made["database"] if step["destructive"]]
    flags = f" {changes.flags('--allow', losing)}" if losing else ""
    if conflicts := [str(conflict["path"]) for conflict in made["conflicts"]]:
        return [
            "Decide for each file in conflict. Yours stays:",
            f"  {command} {changes.flags('--keep', conflicts)}{flags}",
            "Generated instead:",
            f"  {command} {changes.flags('--overwrite', conflicts)}{flags}",
            "Place by place, the rest merged:",
            f"  {command} {changes.flags('--accept', [f'{path}=ours' for path in conflicts])}{flags}",
        ]
    return [f"Carry it out with `{command}{flags}`."]
