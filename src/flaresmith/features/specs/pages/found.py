"""What the compiler found, and where one is: parts that several pages of specs share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Element, h2, section

from flaresmith.features.projects.schemas import ProjectView
from flaresmith.ui.spec import Finding, findings_list


def findings(diagnostics: Sequence[Mapping[str, Any]]) -> Element:
    """Diagnostics as lists, file by file, of specs from which nothing was made."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for each in diagnostics:
        by_file[str(each["file"])].append(finding(each))
    return section(".section")[
        h2["What the compiler found; nothing was created"],
        (findings_list(path, found) for path, found in by_file.items()),
    ]


def finding(each: Mapping[str, Any]) -> Finding:
    """A diagnostic of the compiler as the pages show it."""
    return Finding(each["rule"], each["severity"], each["message"], each["line"], each["column"], each["hint"])


def crumbs(project: ProjectView) -> list[tuple[str, str]]:
    """The way to a page of this project."""
    return [("Projects", "/projects"), (project.name, f"/projects/{project.slug}")]
