"""Scenarios whose steps stand on lines of their own: collected until they are whole, told of where they never are."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import Scenario, Source
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.markdown import Table, plain
from flaresmith.compiler.parse.story.scenarios import Steps, step_of, whole_scenario


class Collector:
    """Takes lines one by one. `taken` tells whether the last one was a step or a scenario."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._steps = Steps()
        self._line = 0
        self.title = ""
        self.taken = False

    def take(self, text: str, source: Source, *, plain_words: bool) -> list[Scenario]:
        """The scenarios that are complete with this line; `plain_words` allows an unmarked Given to open one."""
        self.taken = True
        if (scenario := whole_scenario(text, source)) is not None:
            return [*self.flush(), scenario]
        step = step_of(text)
        if step is None or not self._belongs(step, source.line, plain_words):
            self.taken = False
            return []
        name, rest, marked = step
        done = [] if self._steps.takes(name) else self.flush()
        if not self._steps.last and name == "and":
            self.taken = False
            return done
        self._steps.title = self._steps.title or self.title
        self._steps.marked = self._steps.marked or marked
        self._steps.add(name, rest, plain(text), source)
        self._line = source.line
        return done

    def flush(self) -> list[Scenario]:
        """What was collected so far; a scenario that was begun and has no end is told of."""
        steps, self._steps, self.title = self._steps, Steps(), ""
        scenario = steps.scenario()
        if scenario is not None:
            return [scenario]
        if steps.marked and steps.source is not None:
            self._findings.warning(
                "scenario-incomplete",
                f"this scenario does not say what happens, or what comes of it: {excerpt(' '.join(steps.texts))}",
                steps.source,
                "write **Given** …, **When** …, **Then** …",
            )
        return []

    def of_table(self, table: Table) -> Iterator[Scenario]:
        """The rows of a table with columns Given, When and Then."""
        header = [plain(cell).casefold() for cell in table.rows[0].cells]
        if not {"when", "then"} <= set(header):
            return
        for row in table.rows[1:]:
            cells = dict(zip(header, map(plain, row.cells), strict=False))
            if cells.get("then"):
                text = ", ".join(
                    f"{name.capitalize()} {cells[name]}" for name in ("given", "when", "then") if cells.get(name)
                )
                yield Scenario(
                    text, Source(self._file, row.line, 3), cells.get("given", ""), cells.get("when", ""), cells["then"]
                )

    def _belongs(self, step: tuple[str, str, bool], line: int, plain_words: bool) -> bool:
        """An unmarked `When` is a step only where a scenario is open just above; an unmarked `Given` may open one."""
        name, _, marked = step
        near = bool(self._steps.last) and line - self._line <= 2
        return marked or near or (plain_words and name == "given" and not self._steps.last)
