"""The fixed vocabulary of test scripts, understood line by line without JavaScript.

    pm.test("…", () => pm.response.to.have.status(201));
    pm.test("…", () => pm.expect(pm.response.json()).to.have.property("title"));
    pm.collectionVariables.set("bookId", pm.response.json().id);

The first two also stand without `pm.test`. Every other line is counted as not run here; none is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

Outcome = Literal["passed", "failed", "not run here"]

_STRING = r'"(?:[^"\\]|\\.)*"'
_TEST = re.compile(rf"pm\.test\(({_STRING}), \(\) => (.+)\)")
_STATUS = re.compile(r"pm\.response\.to\.have\.status\((\d{3})\)")
_PROPERTY = re.compile(rf"pm\.expect\(pm\.response\.json\(\)\)\.to\.have\.property\(({_STRING})\)")
_SET = re.compile(
    rf"pm\.collectionVariables\.set\(({_STRING}), pm\.response\.json\(\)((?:\.[A-Za-z_$][\w$]*|\[{_STRING}\])*)\)"
)
_STEP = re.compile(rf"\.([A-Za-z_$][\w$]*)|\[({_STRING})\]")
_LONGEST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a script looks at: the status and the body of an answer."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON; ValueError if it is not."""
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a script and how it went; `message` says why it failed."""

    name: str
    outcome: Outcome
    message: str = ""


def run(lines: Iterable[str], reply: Reply, variables: MutableMapping[str, str]) -> Iterator[Check]:
    """Carry out a script against a reply; `variables` receive what it captures."""
    for line in lines:
        statement = line.strip().removesuffix(";")
        if statement and not statement.startswith("//"):
            yield _carry_out(statement, reply, variables)


def _carry_out(statement: str, reply: Reply, variables: MutableMapping[str, str]) -> Check:
    if len(statement) > _LONGEST_LINE:
        return Check(statement[:200], "not run here", "the line is too long")
    named = _TEST.fullmatch(statement)
    name = _text(named[1]) if named else statement[:200]
    try:
        problem = _look(named[2] if named else statement, reply, variables)
    except ValueError:
        problem = "the answer is not JSON"
    if problem is None:
        return Check(name, "not run here", "this statement is not in the vocabulary")
    return Check(name, "failed" if problem else "passed", problem)


def _look(statement: str, reply: Reply, variables: MutableMapping[str, str]) -> str | None:
    """Empty if it holds, what is wrong if it does not, None if the statement is unknown."""
    if match := _STATUS.fullmatch(statement):
        return "" if reply.status == int(match[1]) else f"expected status {match[1]}, got {reply.status}"
    if match := _PROPERTY.fullmatch(statement):
        return _has(reply.json(), _text(match[1]))
    if match := _SET.fullmatch(statement):
        return _capture(_text(match[1]), match[2], reply.json(), variables)
    return None


def _has(value: Any, name: str) -> str:
    return "" if isinstance(value, dict) and name in value else f"the answer has no property {name!r}"


def _capture(variable: str, chain: str, value: Any, variables: MutableMapping[str, str]) -> str:
    for step in _STEP.finditer(chain):
        name = step[1] or _text(step[2])
        if problem := _has(value, name):
            return problem
        value = value[name]
    variables[variable] = value if isinstance(value, str) else orjson.dumps(value).decode()
    return ""


def _text(literal: str) -> str:
    return str(orjson.loads(literal))
