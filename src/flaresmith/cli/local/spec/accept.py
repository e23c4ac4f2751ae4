"""`flaresmith spec accept`: decide a conflict, as a whole or place by place. Nothing is written before the build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from flaresmith import cli
from flaresmith.cli import changes
from flaresmith.cli.local.spec import accepted, reading
from flaresmith.cli.local.spec.output import Output
from flaresmith.kit.errors import NotFound

if TYPE_CHECKING:
    from flaresmith.compiler.merge import Choice, Conflict, Hunk, Take

_MARKS = ("<<<<<<< ", "||||||| ", "=======", ">>>>>>> ")


class NoConflict(NotFound):
    """There is nothing to decide about this file."""

    code = "NO_CONFLICT"


def accept(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file in conflict, as `spec build` names it.")],
    specs: Annotated[Path, typer.Option("--specs", metavar="PATH", help="The specs, as for `spec build`.")] = Path(),
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The output folder.")] = Path(),
    ours: Annotated[bool, typer.Option("--ours", help="Take the file as it is, with your edits.")] = False,
    theirs: Annotated[bool, typer.Option("--theirs", help="Take what is generated now.")] = False,
    edit: Annotated[bool, typer.Option("--edit", help="Write it yourself, in your editor.")] = False,
    text: Annotated[Path | None, typer.Option("--text", metavar="FILE", help="Take the text of this file.")] = None,
    hunk: Annotated[int | None, typer.Option("--hunk", min=1, help="Only this place; else the whole file.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was decided about this file.")] = False,
    name: reading.Name = "",
    as_json: cli.AsJson = False,
) -> None:
    """Decide a conflict: yours, the generated one, or your own text. Without a decision, show it. Writes no code."""
    if sum((ours, theirs, edit, text is not None, undo)) > 1:
        raise cli.UsageRefused("Choose one of --ours, --theirs, --edit, --text and --undo.")
    read = reading.folder(specs)
    output = Output.at(out, read)
    choices = accepted.load(output)
    if undo:
        left = [c for c in choices if c.path != file or hunk not in (None, c.hunk)]
        accepted.save(output, left)
        choices = left
    shown = _Conflicts(read, output, name)
    if ours or theirs or edit or text is not None:
        conflict = shown.conflict(file, choices)
        take = _take(ours=ours, theirs=theirs)
        wanted = _text(conflict, hunk, text) if take == "edit" else None
        choices = [*_others(choices, file, hunk), _choice(conflict, take, hunk, wanted)]
        left_open = shown.left(choices)  # a decision that does not fit is refused before it is kept
        accepted.save(output, choices)
    else:
        left_open = shown.left(choices)
        if not undo:
            shown.conflict(file, choices)
    _tell(left_open, file, choices, as_json)


class _Conflicts:
    """The conflicts of a build in a folder, under some decisions."""

    def __init__(self, read: Any, output: Output, name: str) -> None:
        self.output, self.lock = output, output.lock()
        self.built = reading.compiled(read, name, lock=self.lock)
        if not self.built.ok:
            raise cli.UsageRefused("The specs have errors.", hint="`flaresmith spec lint` shows them.")

    def left(self, choices: list[Choice]) -> list[Conflict]:
        """What is still to be decided."""
        return list(self.output.compared(self.built, self.lock, choices=choices).conflicts)

    def conflict(self, path: str, choices: list[Choice]) -> Conflict:
        """The conflict about a file, as it is without decisions about it; NoConflict names those there are."""
        there = self.left([choice for choice in choices if choice.path != path])
        for conflict in there:
            if conflict.path == path:
                return conflict
        names = ", ".join(conflict.path for conflict in there[: changes.FEW])
        raise NoConflict(f"{path} is not in conflict.", hint=f"These are: {names}." if names else "No file is.")


def _take(*, ours: bool, theirs: bool) -> Take:
    from flaresmith.compiler.merge import Take

    return Take.OURS if ours else Take.THEIRS if theirs else Take.EDIT


def _choice(conflict: Conflict, take: Take, hunk: int | None, text: str | None) -> Choice:
    from flaresmith.compiler.merge import Choice

    if hunk is not None and hunk > len(conflict.hunks):
        raise cli.UsageRefused(f"{conflict.path} has {len(conflict.hunks)} places to decide.")
    if take == "edit" and hunk is None and len(conflict.hunks) == 1:
        hunk = 1
    return Choice(conflict.path, take, hunk, text, conflict.fingerprint)


def _others(choices: list[Choice], path: str, hunk: int | None) -> list[Choice]:
    """The decisions that this one does not replace: one about a whole file replaces all about it."""
    return [c for c in choices if c.path != path or (hunk is not None and c.hunk != hunk)]


def _text(conflict: Conflict, number: int | None, file: Path | None) -> str:
    """The text of a person: of a file, or from their editor."""
    if number is None and len(conflict.hunks) > 1:
        raise cli.UsageRefused("Which place?", hint=f"Name one of {len(conflict.hunks)} with --hunk.")
    if file is not None:
        try:
            return file.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise cli.UsageRefused(f"{file} cannot be read: {error}.") from None
    index = (number or 1) - 1
    if index >= len(conflict.hunks):
        raise cli.UsageRefused(f"{conflict.path} has {len(conflict.hunks)} places to decide.")
    written = click.edit(_draft(conflict.hunks[index]), extension=Path(conflict.path).suffix or ".txt")
    if written is None or any(line.startswith(_MARKS) for line in written.splitlines()):
        raise cli.UsageRefused("Nothing was decided: the text was not saved, or still has conflict marks.")
    return written


def _draft(hunk: Hunk) -> str:
    """All three sides, for the editor alone: this never becomes a file of the product."""
    sides = (("<<<<<<< yours", hunk.ours), ("||||||| generated before", hunk.base), ("=======", hunk.theirs))
    return "".join(f"{mark}\n{_ended(text)}" for mark, text in sides) + ">>>>>>> generated now\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _tell(left: list[Conflict], file: str, choices: list[Choice], as_json: bool) -> None:
    from flaresmith.compiler.merge import conflict_facts

    facts = [{"path": c.path, "suggestion": c.suggestion, **conflict_facts(c)} for c in left]
    if as_json:
        decided = [{"path": c.path, "take": str(c.take), "hunk": c.hunk} for c in choices]
        cli.print_json({"conflicts": facts, "decided": decided})
        return
    changes.show_conflicts(cli.out, [each for each in facts if each["path"] == file])
    others = [str(each["path"]) for each in facts if each["path"] != file]
    if others:
        cli.out.print(f"Also to decide: {cli.plain(', '.join(others[: changes.FEW]))}", markup=False)
    if not left:
        cli.out.print("Everything is decided: `flaresmith spec build` carries it out.", markup=False)
