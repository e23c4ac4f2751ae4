"""The walk through a `spec.md`: each block says what the section it stands in makes of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flaresmith.compiler.model import KeyEntity, Requirement, Rule, Scenario, Source, Story
from flaresmith.compiler.parse import clarifications
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.markdown import Block, Bullet, Fence, Heading, Prose, Table, blocks, plain
from flaresmith.compiler.parse.roles import Roles
from flaresmith.compiler.parse.story import head, requirements, stories
from flaresmith.compiler.parse.story.collected import Collector
from flaresmith.compiler.parse.story.scenarios import gherkin
from flaresmith.compiler.parse.story.text import SpecText
from flaresmith.compiler.parse.story.words import STORIES, Part, part_of

_KEY_ENTITY = re.compile(
    r"^(?:\*\*|`|__)+([^*`\n]{1,100}?)(?:\s*\([^()]{0,100}\))?[:：]?(?:\*\*|`"
    r"|__)+\s*(?:\([^()]{0,200}\))?\s*[:：—–-]?\s*(.*)$",
    re.S,
)
_PLAIN_ENTITY = re.compile(r"^([A-Z][\w]{1,60}(?: [A-Z]\w{1,40}){0,3})\s*(?:\([^()]{0,100}\))?\s*[:：—–]\s+(.*)$", re.S)
_NUMBERING = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,4}[.)]?\s+")
_SCENARIO = re.compile(
    r"^(?:scenario|escenario|sc[ée]nario|cen[áa]rio|场景|場景|シナリオ|시나리오|сценарий)\b\s*\d*\s*[:：.—–-]?\s*", re.I
)
LONGEST_STORY = 4000


@dataclass(frozen=True, slots=True)
class _Section:
    level: int
    part: Part
    title: str


class Reader:
    """Reads one document; `spec` fills up on the way."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self.spec = SpecText()
        self._roles = Roles()
        self._sections: list[_Section] = []  # open sections, outermost first
        self._session = ""
        self._story: Story | None = None
        self._story_level = 0
        self._told: list[Scenario] = []
        self._steps = Collector(file, findings)
        self._known: dict[str, Requirement] = {}
        self._bold: set[str] = set()
        self._loose: list[Scenario] = []  # scenarios outside of any story
        self._headed: Requirement | None = None  # a requirement whose text goes on below its heading
        self._depth = 0  # headings of level 2 that were passed

    def read(self, text: str) -> SpecText:
        """Everything that the document states."""
        self._front(text)
        found = blocks(text)
        place = 0
        while place < len(found):
            if isinstance(found[place], Bullet):
                run = _run(found, place)
                self._bullets(run)
                place += len(run)
            else:
                self._take(found[place])
                place += 1
        self._end_story()
        self._settle_loose()
        self.spec.clarifications += clarifications.marks(text, self._file, self._findings)
        self.spec.roles = self._roles.found()
        return self.spec

    def _front(self, text: str) -> None:
        front = head.front_matter(text)
        self.spec.status = head.front_text(front, "status", "state")
        self.spec.branch = head.front_text(front, "branch", "feature_branch")
        self.spec.title = head.front_text(front, "title", "name", "feature")
        for name in ("depends_on", "dependencies", "related_specs", "extends", "requires"):
            value = front.get(name)
            self.spec.stated += [str(each)[:400] for each in (value if isinstance(value, list) else [value]) if each]

    def _take(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Prose):
            self._prose(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Fence) and block.language in ("gherkin", "feature", "cucumber"):
            self._told += list(gherkin(block.lines, block.line, self._file))

    @property
    def _part(self) -> Part:
        return self._sections[-1].part if self._sections else Part.OTHER

    # Headings

    def _heading(self, heading: Heading) -> None:
        title = _NUMBERING.sub("", plain(heading.text))
        source = Source(self._file, heading.line, heading.level + 2)
        self._flush()
        self._headed = None
        self._depth += heading.level >= 2
        if heading.level == 1 and not self.spec.title:
            self.spec.title = head.title_of(title)
        while self._sections and self._sections[-1].level >= heading.level:
            self._sections.pop()
        above, part = self._part, part_of(title)
        if self._starts_story(heading, title, source, above, part) or self._headed_requirement(heading, source):
            self._sections.append(_Section(heading.level, Part.STORIES if self._story else above, title))
            return
        if self._story and heading.level <= self._story_level and part is not Part.SCENARIOS:
            self._end_story()
        self._section(heading, title, source, above, part)

    def _section(self, heading: Heading, title: str, source: Source, above: Part, part: Part | None) -> None:
        """A heading that is no fact itself: what stands below it."""
        session = clarifications.session_of(title)
        if session is not None and above in (Part.CLARIFICATIONS, Part.QUESTIONS):
            self._session = session
        if above is Part.ROLES and part in (None, Part.ROLES):
            self._roles.heading(title, source)
        if match := _SCENARIO.match(title):
            self._steps.title = title[match.end() :] or title
            part = Part.SCENARIOS
        if part is None:
            part = above if heading.level > 2 or above is Part.OTHER else Part.OTHER
        self._sections.append(_Section(heading.level, part, title))

    def _starts_story(self, heading: Heading, title: str, source: Source, above: Part, part: Part | None) -> bool:
        number = len(self.spec.stories) + (self._story is not None) + 1
        story = stories.numbered(title, source) if heading.level > 1 else None
        if story is None and heading.level > 2 and above is Part.STORIES:
            story = stories.single(title, source, number) or stories.told(title, source, number)
            if story is None and self._is_titled(heading, part):
                story = stories.titled(title, source, number)
        if story is None:
            return False
        self._end_story()
        self._story, self._story_level = story, heading.level
        self._roles.narrate(story.text or story.title, source)
        return True

    def _is_titled(self, heading: Heading, part: Part | None) -> bool:
        """Whether a heading directly below `User Stories` can only be the title of one."""
        if part is not None or not self._sections:
            return False
        return heading.level == self._sections[-1].level + 1 and bool(STORIES.search(self._sections[-1].title))

    def _headed_requirement(self, heading: Heading, source: Source) -> bool:
        if not self._requirement(heading.text, source):
            return False
        self._headed = self._known.get(_identifier(heading.text))
        return True

    # Bullets

    def _bullets(self, run: Sequence[Bullet]) -> None:
        if self._part in (Part.CLARIFICATIONS, Part.QUESTIONS):
            self._asked(run)
            return
        for bullet in run:
            self._bullet(bullet, top=True)

    def _asked(self, run: Sequence[Bullet]) -> None:
        if self._part is Part.QUESTIONS:
            found = list(clarifications.open_questions(run, self._file, self._findings))
        else:
            found = list(clarifications.of_bullets(run, self._file, self._session))
        self.spec.clarifications += found

    def _bullet(self, bullet: Bullet, *, top: bool) -> None:
        source = Source(self._file, bullet.line, bullet.column)
        if self._requirement(requirements.with_details(bullet.text, bullet), source):
            self._headed = None
        elif not self._step(bullet.text, source) and top:
            self._listed(bullet, source)
        for child in bullet.children:
            self._bullet(child, top=False)

    def _listed(self, bullet: Bullet, source: Source) -> None:
        """A bullet that is neither step nor requirement: what its section holds."""
        if found := head.meta(bullet.text):
            self._meta(*found)
        elif self._headed is not None:
            self._append(bullet.text)
        elif self._part is Part.ENTITIES:
            self._key_entity(bullet.text, source)
        elif self._part is Part.EDGE_CASES:
            self.spec.edge_cases.append(Rule(plain(bullet.text)[:2000], source))
        elif self._part is Part.SCENARIOS:
            self._criterion(bullet, source)
        elif self._part is Part.ROLES:
            self._roles.bullet(bullet, self._file)
        elif self._part is Part.DEPENDENCIES:
            self.spec.stated.append(bullet.text[:2000])
        elif self._part is Part.STORIES and self._story is None:
            self._story_line(bullet.text, source)
        elif self._part in (Part.REQUIREMENTS, Part.CRITERIA):
            self._without_id(bullet, source)

    def _criterion(self, bullet: Bullet, source: Source) -> None:
        """An acceptance criterion in plain words belongs to the story whose number its section has (`AC-006`)."""
        text = re.sub(r"^\[[ xX✓-]\]\s*", "", plain(bullet.text))[:2000]
        if len(text) < 12 or text.endswith((":", "：")):
            return
        number = re.search(r"\bAC-?(\d{1,3}[a-z]?)\b", self._sections[-1].title)
        place = self._numbered(number.group(1)) if number and self._story is None else None
        if place is None:
            self._told.append(Scenario(text, source))
            return
        story = self.spec.stories[place]
        self.spec.stories[place] = replace(story, scenarios=(*story.scenarios, Scenario(text, source)))

    def _numbered(self, number: str) -> int | None:
        return next((place for place, story in enumerate(self.spec.stories) if story.number == number), None)

    def _story_line(self, text: str, source: Source) -> None:
        number = len(self.spec.stories) + 1
        story = stories.numbered(text, source) or stories.told(text, source, number)
        if story is not None:
            self._roles.narrate(story.text or story.title, source)
            self.spec.stories.append(story)

    def _without_id(self, bullet: Bullet, source: Source) -> None:
        criterion = self._part is Part.CRITERIA
        text = plain(bullet.text)
        if not (len(text) >= 12 if criterion else requirements.reads_as_requirement(bullet.text)):
            return
        what = "success criterion" if criterion else "requirement"
        self._findings.info(
            "requirement-without-id",
            f"this {what} has no id, so nothing can cite it: {excerpt(text)}",
            source,
            f"number it: `- **{'SC' if criterion else 'FR'}-001**: …`",
        )

    def _key_entity(self, text: str, source: Source) -> None:
        if match := _KEY_ENTITY.match(text[:4000]) or _PLAIN_ENTITY.match(plain(text)[:4000]):
            self.spec.key_entities.append(
                KeyEntity(match.group(1).strip(" :："), source, excerpt(plain(match.group(2))))
            )

    # Lines and tables

    def _prose(self, block: Prose) -> None:
        source = Source(self._file, block.line)
        if self._depth <= 1 and (said := head.meta(block.text)):
            self._meta(*said)
            return
        found = requirements.declared(block.text)
        if (found and found.marked and self._requirement(block.text, source)) or self._step(block.text, source):
            return
        if self._headed is not None:
            self._append(block.text)
        elif self._story is None and self._part is Part.STORIES:
            self._bold_story(block.text, source)
        elif self._story is not None:
            self._narrate(block.text, source)
        if self._part is Part.DEPENDENCIES:
            self.spec.stated.append(block.text[:2000])

    def _bold_story(self, text: str, source: Source) -> None:
        """`**User Story 1**: …` or `As a member, I want …` without a heading."""
        number = len(self.spec.stories) + 1
        story = stories.numbered(text, source) or stories.told(text, source, number)
        if story is not None:
            self._story, self._story_level = story, 9
            self._roles.narrate(story.text or story.title, source)

    def _narrate(self, text: str, source: Source) -> None:
        if self._story is None:
            return
        if self._story_level == 9 and (stories.numbered(text, source) or stories.told(text, source, 0)):
            self._end_story()
            self._bold_story(text, source)
            return
        self._roles.narrate(text, source)
        if not self._told and stories.is_narrative(text):
            told = f"{self._story.text} {plain(text)[:2000]}".strip()[:LONGEST_STORY]
            self._story = replace(self._story, text=told)

    def _table(self, table: Table) -> None:
        self._flush()
        if self._part is Part.ROLES and self._roles.table(table, self._file):
            return
        if self._part in (Part.CLARIFICATIONS, Part.QUESTIONS):
            self.spec.clarifications += clarifications.of_rows(table.rows, self._file, self._session)
            return
        self._told += self._steps.of_table(table)
        for row in table.rows:
            if len(row.cells) > 1:
                self._row(row.cells, Source(self._file, row.line, 3))

    def _row(self, cells: list[str], source: Source) -> None:
        if self._requirement(f"{cells[0]}: {' — '.join(cell for cell in cells[1:] if cell)}", source):
            return
        if self._part is Part.STORIES and (story := stories.numbered(": ".join(cells[:2]), source)):
            rest = next((cell for cell in cells[2:] if re.fullmatch(r"P\d|high|medium|low", plain(cell), re.I)), "")
            self._roles.narrate(cells[1], source)
            self.spec.stories.append(replace(story, priority=story.priority or plain(rest).upper()))
        elif self._part is Part.ENTITIES and re.fullmatch(r"[*`]{0,2}[A-Z]\w{1,60}[*`]{0,2}", cells[0]):
            name, told = plain(cells[0]), excerpt(plain(" — ".join(cells[1:])))
            if name.casefold() not in ("entity", "name", "field", "entidad", "entité", "entidade"):
                self.spec.key_entities.append(KeyEntity(name, source, told))

    # What several kinds of block share

    def _meta(self, name: str, value: str) -> None:
        if name == "status":
            self.spec.status = self.spec.status or value
        elif name == "branch":
            self.spec.branch = self.spec.branch or value
        else:
            self.spec.stated.append(value[:2000])

    def _step(self, text: str, source: Source) -> bool:
        """Whether a line is a scenario or a step of one; plain words are one only where scenarios are told."""
        self._told += self._steps.take(text, source, plain_words=self._part in (Part.STORIES, Part.SCENARIOS))
        return self._steps.taken

    def _requirement(self, text: str, source: Source) -> bool:
        found = requirements.declared(text)
        if found is None:
            return False
        if found.withdrawn:
            hint = "take the line out once nobody asks for it any more"
            self._findings.info("requirement-withdrawn", f"{found.id} is struck out and does not count", source, hint)
            return True
        if not found.text:
            return False
        if found.id in self._known and (self._part is Part.COVERAGE or (found.id in self._bold and not found.bold)):
            return True  # it is cited here, not declared again
        made = requirements.requirement(found, source)
        self._known.setdefault(found.id, made)
        if found.bold:
            self._bold.add(found.id)
        (self.spec.success_criteria if requirements.is_success(made) else self.spec.requirements).append(made)
        return True

    def _append(self, text: str) -> None:
        """More text of the requirement whose heading stands above."""
        if self._headed is None:
            return
        more = f"{self._headed.text} — {plain(text)}"[: requirements.LONGEST]
        into = self.spec.success_criteria if requirements.is_success(self._headed) else self.spec.requirements
        place = into.index(self._headed)
        into[place] = self._headed = self._known[self._headed.id] = replace(self._headed, text=more)

    def _flush(self) -> None:
        self._told += self._steps.flush()

    def _end_story(self) -> None:
        self._flush()
        if self._story is not None:
            self.spec.stories.append(replace(self._story, scenarios=tuple(self._told)))
        else:
            self._loose += self._told
        self._told = []
        self._story, self._story_level = None, 0

    def _settle_loose(self) -> None:
        """Scenarios that no story holds belong to the story with the number of their section, else to the last one."""
        if not self._loose:
            return
        if not self.spec.stories:
            self.spec.stories.append(Story("1", self.spec.title or "Acceptance scenarios", self._loose[0].source))
        last = self.spec.stories[-1]
        self.spec.stories[-1] = replace(last, scenarios=(*last.scenarios, *self._loose))


def _run(found: Sequence[Block], start: int) -> list[Bullet]:
    """The bullets that follow each other from a place on."""
    run: list[Bullet] = []
    for block in found[start:]:
        if not isinstance(block, Bullet):
            break
        run.append(block)
    return run


def _identifier(text: str) -> str:
    found = requirements.declared(text)
    return found.id if found else ""
