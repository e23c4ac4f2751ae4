"""What the compiler found, and where one is: parts that several pages of specs share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Element, h2, section

from flaresmith.features.projects.schemas import ProjectView
from flaresmith.ui.spec import Finding, Mend, findings_list


def findings(diagnostics: Sequence[Mapping[str, Any]]) -> Element:
    """Diagnostics as lists, file by file, of specs from which nothing was made."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for each in diagnostics:
        by_file[str(each["file"])].append(finding(each))
    return section(".section")[
        h2["What the compiler found; nothing was created"],
        (findings_list(path, found) for path, found in by_file.items()),
    ]


def finding(each: Mapping[str, Any], *, text: str = "", action: str = "") -> Finding:
    """A diagnostic of the compiler as the pages show it; with the `text` of its file and an `action`, its fix too."""
    mend = _mend(each, text.splitlines(), action) if each.get("fix") and action else None
    return Finding(
        each["rule"], each["severity"], each["message"], each["line"], each["column"], each["hint"],
        href=f"/rules/{each['rule']}", mend=mend,
    )  # fmt: skip


def _mend(each: Mapping[str, Any], lines: Sequence[str], action: str) -> Mend | None:
    """The first edit of a fix as it changes its line, and what the form must say to have it made."""
    edit = each["fix"]["edits"][0]
    at, column = edit["line"] - 1, edit["column"] - 1
    if not 0 <= at <= len(lines):
        return None
    before = lines[at] if at < len(lines) else ""
    after = before[:column] + edit["text"] + before[column + edit["length"] :]
    fields = tuple((name, str(each[name])) for name in ("file", "rule", "line", "column"))
    return Mend(each["fix"]["title"], before, after.rstrip("\n"), action, fields)


def crumbs(project: ProjectView) -> list[tuple[str, str]]:
    """The way to a page of this project."""
    return [("Projects", "/projects"), (project.name, f"/projects/{project.slug}")]
