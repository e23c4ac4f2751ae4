"""Given, When, Then: on one line, over several lines or bullets, in tables and Gherkin, in eight languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flaresmith.compiler.model import Scenario, Source
from flaresmith.compiler.parse.markdown import plain
from flaresmith.compiler.parse.story import words

_STEPS = (("given", words.GIVEN), ("when", words.WHEN), ("then", words.THEN), ("and", words.AND))
_LABEL = r"(?:[^:：*]{0,80}[:：]\s*|(?:AC|S|TC)[-\s]?\d[\w.-]{0,8}\s*[-–—:.]\s*)?"
_MARK = r"[*_`]{1,3}"
_MARKED = tuple((name, re.compile(rf"{_MARK}\s*(?:{text})\s*[:：]?\s*{_MARK}", re.I)) for name, text in _STEPS)
_LEADING = tuple(
    (name, re.compile(rf"^(?:{text})(?:\b|(?<=[\u2e80-\uffff]))\s*[:：,、，]?\s*", re.I)) for name, text in _STEPS
)
_ENGLISH = tuple(re.compile(rf"\b{word}\b", re.I) for word in ("given", "when", "then"))
_GIVEN_FIRST = re.compile(rf"^{_LABEL}given\b", re.I)
_TRIM = " ,:;，、。：；*_`"


@dataclass(slots=True)
class Steps:
    """Collects the steps of one scenario until it is whole."""

    title: str = ""
    source: Source | None = None
    marked: bool = False  # a step word stood out, so that this was meant as a scenario
    texts: list[str] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=lambda: {"given": [], "when": [], "then": []})
    last: str = ""

    def scenario(self) -> Scenario | None:
        """What was collected, where it says what happens and what comes of it."""
        given, when, then = (" and ".join(self.parts[name]) for name in ("given", "when", "then"))
        if self.source is None or not then or not (given or when):
            return None
        text = " ".join([f"{self.title}:"] * bool(self.title) + self.texts)
        return Scenario(text[:4000], self.source, given[:2000], when[:2000], then[:2000])

    def add(self, name: str, text: str, raw: str, source: Source) -> None:
        """One step; `and` continues the one before."""
        self.source = self.source or source
        self.last = self.last if name == "and" else name
        self.parts[self.last].append(text.strip(_TRIM))
        self.texts.append(raw)

    def takes(self, name: str) -> bool:
        """Whether a step goes on with this scenario: nothing but `and` follows a Then."""
        if name == "and":
            return bool(self.last)
        return not self.parts["then"] if name != "then" else bool(self.last)


def whole_scenario(text: str, source: Source) -> Scenario | None:
    """The scenario of a text that holds all of it, or None."""
    found = _marked_steps(text)
    clean = plain(text)
    if {"when", "then"} <= {name for name, _ in found} or {"given", "then"} <= {name for name, _ in found}:
        steps = Steps()
        for name, part in found:
            if name != "and" or steps.last:
                steps.add(name, part, "", source)
        made = steps.scenario()
        return made and Scenario(clean[:4000], source, made.given, made.when, made.then)
    return _bare_scenario(clean, source)


def step_of(text: str) -> tuple[str, str, bool] | None:
    """`given`, `when`, `then` or `and`, what follows it, and whether the word is marked; None for other text."""
    found = _marked_steps(text)
    if found and _starts_marked(text):
        return found[0][0], found[0][1] if len(found) == 1 else plain(text), True
    clean = plain(text)
    for name, pattern in _LEADING:
        if (match := pattern.match(clean)) and match.end() < len(clean):
            return name, clean[match.end() :], False
    return None


def gherkin(lines: list[str], first: int, file: str) -> Iterator[Scenario]:
    """The scenarios of a block of Gherkin."""
    steps = Steps()
    for number, line in enumerate(lines[:2000], start=first):
        text = line.strip()
        if match := re.match(r"(?:Scenario(?: Outline)?|Example)\s*:\s*(.*)", text, re.I):
            yield from _made(steps)
            steps = Steps(match.group(1))
        elif found := step_of(text):
            name, rest, _ = found
            if steps.takes(name):
                steps.add(name, rest, text, Source(file, number, len(line) - len(line.lstrip()) + 1))
    yield from _made(steps)


def _made(steps: Steps) -> Iterator[Scenario]:
    if (scenario := steps.scenario()) is not None:
        yield scenario


def _starts_marked(text: str) -> bool:
    return bool(re.match(r"[*_`\s]{1,6}\S", text)) and any(pattern.match(text.lstrip()) for _, pattern in _MARKED)


def _marked_steps(text: str) -> list[tuple[str, str]]:
    """Each step whose word is bold or ticked, with the text up to the next one."""
    text = text[:4000]
    if "*" not in text and "_" not in text and "`" not in text:
        return []
    places = sorted((match.start(), match.end(), name) for name, pattern in _MARKED for match in pattern.finditer(text))
    ends = [start for start, _, _ in places[1:]] + [len(text)]
    return [(name, plain(text[end:stop]).strip(_TRIM)) for (_, end, name), stop in zip(places, ends, strict=False)]


def _bare_scenario(clean: str, source: Source) -> Scenario | None:
    """`Given … when … then …` in plain words; the first of them opens the line."""
    if not _GIVEN_FIRST.match(clean):
        return None
    found, at = [], 0
    for pattern in _ENGLISH:
        match = pattern.search(clean, at)
        if match is None:
            return None
        found.append(match)
        at = match.end()
    given, when, then = found
    parts = clean[given.end() : when.start()], clean[when.end() : then.start()], clean[then.end() :]
    return Scenario(clean[:4000], source, *(part.strip(_TRIM) for part in parts))
