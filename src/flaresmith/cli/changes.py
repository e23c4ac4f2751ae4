"""A plan as people read it: code, database and resources, each change with its reason, and what would be lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from flaresmith import cli

Plan = Mapping[str, Any]
"""`{code, conflicts, kept, database, resources}` as `POST /specs/plan` answers."""

FEW = 12
_SIGNS = {"created": ("+", "green"), "modified": ("~", "yellow"), "deleted": ("-", "red")}
_SIGNS |= {"create": _SIGNS["created"], "update": _SIGNS["modified"], "delete": _SIGNS["deleted"]}
_LINES = {"+": "green", "-": "red", "@": "cyan"}


def is_empty(plan: Plan) -> bool:
    """Whether a plan changes nothing and asks nothing."""
    return not any(plan.get(part) for part in ("code", "conflicts", "database", "resources"))


def show(console: Console, plan: Plan, *, diffs: bool = False) -> None:
    """Print a plan; with `diffs` what changes in each file, else only how much."""
    _code(console, plan["code"], diffs)
    show_conflicts(console, plan["conflicts"], diffs=diffs)
    if kept := plan.get("kept"):
        _heading(console, f"Left as you have it: {len(kept)}")
        _few(console, [_kept(path, plan.get("keptBecause", {})) for path in kept])
    _database(console, plan["database"])
    _resources(console, plan.get("resources", ()))


def show_conflicts(console: Console, conflicts: Sequence[Mapping[str, Any]], *, diffs: bool = False) -> None:
    """Print the files that nobody may touch before a person decides."""
    if not conflicts:
        return
    _heading(console, f"Conflicts: {len(conflicts)}")
    for conflict in conflicts:
        console.print(Text.assemble(("  ! ", "bold red"), cli.plain(conflict["path"])))
        console.print(Text(f"    {cli.plain(conflict['suggestion'])}", style="dim"))
        _origin(console, conflict)
        for hunk in conflict.get("hunks", ()):
            show_hunk(console, hunk)
        if diffs and conflict.get("diff"):
            _diff(console, conflict["diff"])


def show_hunk(console: Console, hunk: Mapping[str, Any], *, most: int = 6) -> None:
    """Print one place of a conflict with its three texts, each cut behind `most` lines."""
    decided = f"  decided: {hunk['resolution']}" if hunk.get("resolution") else ""
    where = f"hunk {hunk['number']}, line {hunk['line']}: {cli.plain(hunk['where'])}{decided}"
    console.print(Text(f"    {where}", style="bold" if not decided else "dim"))
    for side, style in (("base", "dim"), ("ours", "green"), ("theirs", "cyan")):
        lines = cli.plain(hunk[side]).splitlines() or ["(nothing)"]
        more = [f"… {len(lines) - most} more lines"] if len(lines) > most else []
        for line in [*lines[:most], *more]:
            console.print(Text(f"      {side:6} │ {line}", style=style))


def _origin(console: Console, conflict: Mapping[str, Any]) -> None:
    """Which requirements and lines of the specs a file in conflict comes from."""
    words = [*conflict.get("requirements", ()), *conflict.get("sources", ())]
    if words:
        console.print(Text(f"    from {cli.plain(', '.join(words[:FEW]))}", style="dim"))


def _kept(path: str, why: Mapping[str, str]) -> Text:
    return Text.assemble(f"  {cli.plain(path)}", (f"  {cli.plain(why[path])}" if path in why else "", "dim"))


def show_losses(console: Console, losses: Sequence[Mapping[str, Any]]) -> None:
    """Print the database steps that lose data."""
    for step in losses:
        console.print(_step(step))


def flags(option: str, names: Sequence[str]) -> str:
    """`--keep a.py --keep b.py`, quoted for a shell; at most as many as a person would type."""
    import shlex

    shown = " ".join(f"{option} {shlex.quote(cli.plain(name))}" for name in names[:FEW])
    return f"{shown} …" if len(names) > FEW else shown


def _code(console: Console, changes: Sequence[Mapping[str, Any]], diffs: bool) -> None:
    if not changes:
        return
    added, removed = (sum(c[key] for c in changes) for key in ("linesAdded", "linesRemoved"))
    _heading(console, f"Code: {_files(len(changes))}, +{added} −{removed}")
    if not diffs:
        _few(console, [_file(change) for change in changes])
        return
    for change in changes:
        console.print(_file(change))
        _diff(console, change["diff"])


def _file(change: Mapping[str, Any]) -> Text:
    sign, style = _SIGNS.get(change["change"], ("?", ""))
    counts = f"  +{change['linesAdded']} −{change['linesRemoved']}"
    reason = f"  {cli.plain(change['reason'])}" if change.get("reason") else ""
    merged = "  merged with your edits" if change.get("ownership") == "merged" else ""
    return Text.assemble((f"  {sign} ", style), cli.plain(change["path"]), counts, (merged, "cyan"), (reason, "dim"))


def _diff(console: Console, diff: str) -> None:
    for line in cli.plain(diff).splitlines():
        console.print(Text(f"    {line}", style=_LINES.get(line[:1], "dim")))


def _database(console: Console, steps: Sequence[Mapping[str, Any]]) -> None:
    if steps:
        losing = sum(bool(step["destructive"]) for step in steps)
        _heading(console, f"Database: {_steps(len(steps))}" + (f", {losing} of them destructive" if losing else ""))
        for step in steps:
            console.print(_step(step))


def _step(step: Mapping[str, Any]) -> Text:
    name, reason = cli.plain(step["name"]), cli.plain(step.get("reason") or "")
    text = Text("  ")
    text.append(
        "! " if step.get("destructive", True) else "· ", style="bold red" if step.get("destructive", True) else ""
    )
    text.append(f"{cli.plain(step['op']).replace('_', ' ')} {name}")
    text.append(f"  {reason}", style="dim")
    if step.get("loses"):
        text.append(f"\n    {cli.plain(step['loses'])}", style="red")
    return text


def _resources(console: Console, changes: Sequence[Mapping[str, Any]]) -> None:
    if not changes:
        return
    _heading(console, f"Resources: {len(changes)}")
    for change in changes:
        sign, style = _SIGNS.get(change["action"], ("?", ""))
        where = f" on {change['environment']}" if change.get("environment") not in (None, "", "all") else ""
        words = f"{change['kind']} {change['name']}{where}"
        reason = f"  {change['reason']}" + ("" if change.get("certain", True) else " (maybe)")
        console.print(Text.assemble((f"  {sign} ", style), cli.plain(words), (cli.plain(reason), "dim")))


def _heading(console: Console, words: str) -> None:
    console.print(Text(words, style="bold"))


def _few(console: Console, lines: Sequence[Text]) -> None:
    for line in _first(lines):
        console.print(line)


def _first(lines: Sequence[Text]) -> Iterator[Text]:
    yield from lines[:FEW] if len(lines) > FEW + 1 else lines
    if len(lines) > FEW + 1:
        yield Text(f"  … {len(lines) - FEW} more; --diff shows all", style="dim")


def _files(many: int) -> str:
    return "1 file" if many == 1 else f"{many} files"


def _steps(many: int) -> str:
    return "1 step" if many == 1 else f"{many} steps"
