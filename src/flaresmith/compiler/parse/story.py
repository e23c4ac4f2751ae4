"""`spec.md`: title, branch, status, stories with scenarios, requirements, criteria, entities, open questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from flaresmith.compiler.model import Requirement, RequirementKind, Scenario, Source, Story
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.markdown import Block, Bullet, Heading, Prose, Table, blocks, flat, plain

_ID = r"(?:FR|SC|NFR|NF)-(?:[A-Z][A-Z0-9]{0,9}-)?\d{1,4}(?:\.\d{1,3})*[a-z]?"
_REQUIREMENT = re.compile(
    rf"^(?:\[[ xX]\]\s*)?[*_`]{{0,3}}({_ID})[*_`]{{0,3}}\s*(?:\([^()]{{0,80}}\)"
    rf"|\[[^\[\]]{{0,80}}\])?[*_`]{{0,3}}\s*[:：.—–-]?[*_`]{{0,3}}\s*(.*)$",
    re.S,
)
_STORY = re.compile(r"^(?:user\s+)?(?:story|scenario|US)\s*[-#]?\s*(\d{1,3}[a-z]?)\s*[-–—:.]?\s*(.*)$", re.I)
_PRIORITY = re.compile(r"\(?\s*(?:priority\s*[:：]?\s*)?\b(P\d)\b[^()]{0,40}\)?", re.I)
_META = re.compile(r"^\*\*\s*(Feature Branch|Branch|Status|Feature)\s*:?\s*\*\*\s*:?\s*`?([^`*]{0,200})`?", re.I)
_STEPS = tuple(re.compile(rf"\b{word}\b", re.I) for word in ("given", "when", "then"))
_KEY_ENTITY = re.compile(
    r"^(?:\*\*|`)([^*`\n]{1,100}?)(?:\s*\([^()]{0,100}\))?:?(?:\*\*|`)\s*(?:\([^()]{0,200}\))?\s*[:：—–-]?\s*(.*)$",
    re.S,
)
_CLARIFY = re.compile(r"\[NEEDS CLARIFICATION", re.I)


@dataclass(slots=True)
class SpecText:
    """What a `spec.md` says; key entities are names with their place and description."""

    title: str = ""
    branch: str = ""
    status: str = ""
    stories: list[Story] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    success_criteria: list[Requirement] = field(default_factory=list)
    key_entities: list[tuple[str, Source, str]] = field(default_factory=list)


def read_spec(text: str, file: str, findings: Findings) -> SpecText:
    """The facts of a feature's specification."""
    reader = _Reader(file)
    for block in blocks(text):
        reader.take(block)
    reader.end_story()
    _open_questions(text, file, findings)
    return reader.spec


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self.spec = SpecText()
        self._story: Story | None = None
        self._scenarios: list[Scenario] = []
        self._section = ""
        self._known: set[str] = set()
        self._story_level = 0

    def take(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Bullet):
            for bullet in flat([block]):
                self._line(bullet.text, Source(self._file, bullet.line, bullet.column), nested=bullet is not block)
        elif isinstance(block, Prose):
            self._prose(block)
        elif isinstance(block, Table):
            for row in block.rows:
                self._row(row.cells, Source(self._file, row.line, 3))

    def end_story(self) -> None:
        if self._story is not None:
            self.spec.stories.append(replace(self._story, scenarios=tuple(self._scenarios)))
        self._story, self._scenarios = None, []

    def _heading(self, heading: Heading) -> None:
        title = plain(heading.text)
        source = Source(self._file, heading.line, heading.level + 2)
        if not self.spec.title and heading.level == 1:
            self.spec.title = re.sub(
                r"^(?:feature )?spec(?:ification)?\s*[:—–-]\s*",
                "",
                re.sub(r"^feature\s*[:—–-]\s*", "", title, flags=re.I),
                flags=re.I,
            ).strip()
        if self._story is not None and heading.level <= self._story_level:
            self.end_story()
        if match := _STORY.match(title):
            self.end_story()
            self._begin_story(match, source, heading.level)
        elif not self._requirement(heading.text, source) and (
            self._story is None or heading.level <= self._story_level
        ):
            self._section = title.lower()

    def _begin_story(self, match: re.Match[str], source: Source, level: int) -> None:
        rest = match.group(2)[:400]
        priority = _PRIORITY.search(rest)
        title = _PRIORITY.sub("", rest).strip(" -–—:()")
        self._story = Story(match.group(1), title, source, priority.group(1).upper() if priority else "")
        self._story_level = level

    def _prose(self, block: Prose) -> None:
        source = Source(self._file, block.line)
        if meta := _META.match(block.text[:400]):
            self._meta(meta.group(1).lower(), meta.group(2).strip())
        elif not self._requirement(block.text, source):
            self._scenario(block.text, source)
            if self._story is not None and not self._scenarios and not block.text.startswith("**"):
                self._story = replace(self._story, text=f"{self._story.text} {block.text[:2000]}".strip()[:4000])

    def _meta(self, name: str, value: str) -> None:
        if name == "status":
            self.spec.status = self.spec.status or value
        elif "branch" in name:
            self.spec.branch = self.spec.branch or value

    def _line(self, text: str, source: Source, *, nested: bool) -> None:
        if self._requirement(text, source) or self._scenario(text, source) or nested:
            return
        if re.search(r"\bentit(?:y|ies)\b", self._section) and (match := _KEY_ENTITY.match(text[:4000])):
            self.spec.key_entities.append((match.group(1).strip(" :"), source, excerpt(plain(match.group(2)))))
        elif meta := _META.match(text[:400]):
            self._meta(meta.group(1).lower(), meta.group(2).strip())

    def _row(self, cells: list[str], source: Source) -> None:
        if len(cells) > 1:
            self._requirement(f"{cells[0]}: {' — '.join(cells[1:])}", source)

    def _requirement(self, text: str, source: Source) -> bool:
        match = _REQUIREMENT.match(text[:20_000])
        if match is None or not match.group(2).strip():
            return False
        requirement = Requirement(match.group(1), _kind(match.group(1)), plain(match.group(2))[:4000], source)
        if (
            re.search(r"traceab|coverage|mapping|matrix|checklist|acceptance criteria", self._section)
            and match.group(1) in self._known
        ):
            return True
        self._known.add(match.group(1))
        into = self.spec.success_criteria if requirement.kind is RequirementKind.SUCCESS else self.spec.requirements
        into.append(requirement)
        return True

    def _scenario(self, text: str, source: Source) -> bool:
        clean = plain(text)
        steps = _steps(clean)
        if steps is None:
            return False
        given, when, then = steps
        if self._story is not None:
            self._scenarios.append(Scenario(clean, source, given, when, then))
        return True


def _steps(text: str) -> tuple[str, str, str] | None:
    """The three parts of `Given … When … Then …`, or None where one is missing."""
    found, at = [], 0
    for word in _STEPS:
        match = word.search(text, at)
        if match is None:
            return None
        found.append(match)
        at = match.end()
    given, when, then = found
    parts = text[given.end() : when.start()], text[when.end() : then.start()], text[then.end() :]
    return parts[0].strip(" ,:;"), parts[1].strip(" ,:;"), parts[2].strip(" ,:;")


def _kind(identifier: str) -> RequirementKind:
    if identifier.startswith("SC"):
        return RequirementKind.SUCCESS
    return RequirementKind.NON_FUNCTIONAL if identifier.startswith("NF") else RequirementKind.FUNCTIONAL


def _open_questions(text: str, file: str, findings: Findings) -> None:
    for source, line in _matching_lines(text, file):
        findings.warning(
            "needs-clarification",
            f"an open question is left: {excerpt(line)}",
            source,
            "answer it, and remove the [NEEDS CLARIFICATION] mark",
        )


def _matching_lines(text: str, file: str) -> Iterator[tuple[Source, str]]:
    for match in _CLARIFY.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        start = text.rfind("\n", 0, match.start()) + 1
        yield Source(file, line, match.start() - start + 1), text[match.start() : match.start() + 300].split("\n")[0]
