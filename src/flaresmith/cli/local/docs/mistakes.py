"""The page of errors: the tree of families, and every published code."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.cli.local.docs.markdown import code, page, sentence, table
from flaresmith.kit.errors import Problem

_LEDE = (
    "Every failure is one of these, at each door: in the JSON envelope, as a page, as the exit code of a command. "
    "*Retry* says whether repeating the same request is `safe`, `idempotent` (with the same `Idempotency-Key`), or "
    "useless (`none`)."
)


def errors() -> str:
    """The tree, then each error in the order of its code."""
    rows = [
        (code(one.code), one.__name__, one.status, one.severity, one.retry, sentence(one), _place(one))
        for one in sorted(all_errors(), key=lambda one: (one.code, one.__name__))
    ]
    tree = "```\n" + "\n".join(_tree(Problem)) + "\n```"
    columns = ("Code", "Error", "Status", "Severity", "Retry", "Message", "Module")
    return page("Errors", _LEDE, "## The tree", tree, "## Every error", table(columns, rows))


def all_errors(family: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Every error of ours below a family, the family first."""
    yield family
    for one in _children(family):
        yield from all_errors(one)


def _children(family: type[Problem]) -> list[type[Problem]]:
    ours = [one for one in family.__subclasses__() if one.__module__.startswith("flaresmith.")]
    return sorted(ours, key=lambda one: (one.status, one.__name__))


def _tree(family: type[Problem], stem: str = "", below: str = "") -> Iterator[str]:
    yield f"{stem}{family.__name__} {family.status}"
    children = _children(family)
    for one in children:
        last = one is children[-1]
        yield from _tree(one, below + ("└── " if last else "├── "), below + ("    " if last else "│   "))


def _place(one: type[Problem]) -> str:
    return code(one.__module__.removeprefix("flaresmith."))
