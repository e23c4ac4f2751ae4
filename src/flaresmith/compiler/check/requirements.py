"""Requirements, stories and tasks: what is told twice, cannot be tested, is cited and nowhere said, or never cited."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from flaresmith.compiler.citations import cited
from flaresmith.compiler.model import Diagnostic, Feature, Model, Requirement, Severity, Story

# Words with which nobody can say whether it was done; a number, or a definition in parentheses, makes them exact.
_VAGUE = re.compile(
    r"\b(?:fast(?:er)?|quick(?:ly)?|slow|user[- ]friendly|intuitive(?:ly)?|easy(?:[- ]to[- ]use)?|easily|simple"
    r"|simply|robust|scalable"
    r"|performant|efficient(?:ly)?|flexible|seamless(?:ly)?|smooth(?:ly)?|modern|state[- ]of[- ]the[- ]art"
    r"|reasonable|reasonably"
    r"|as (?:needed|appropriate|necessary|soon as possible)|when(?:ever)? possible|if possible|adequate(?:ly)?"
    r"|timely|best[- ]effort"
    r"|and so on|etc\.|rápid[oa]|fácil|intuitiv[oa]|rapide|facile|convivial|amigable|amigável)(?![\w-])",
    re.I,
)
_UNFINISHED = re.compile(r"\b(?:TBD|TBC|TO BE (?:DEFINED|DETERMINED|DECIDED|CONFIRMED)|FIX" r"ME|TO" r"DO)\b|\?\?\?")
_MEASURED = re.compile(
    r"\d|[٠-٩一二三四五六七八九十百千万]|%|\b(?:zero|no|none|never|all|every|each|any|always|only|one|two|three"
    r"|four|five|six|seven|eight|nine|ten"
    r"|twelve|hundred|thousand|half|once|twice|both|first|single|without|cannot|exactly|fully|entire|complete(?:ly"
    r"|d)?|identical|same"
    r"|todos?|todas?|cada|ning[uú]n[ao]?|nunca|tous|toutes|chaque|aucune?|jamais|nenhum[a]?|все[хм]?|кажд\w+"
    r"|ни один)\b|全|每|すべて|모든",
    re.I,
)
_ENOUGH = 0.6  # of the requirements are cited where citing is what these authors do


def requirements(model: Model) -> Iterator[Diagnostic]:
    """What is wrong with what the features ask for."""
    known = {feature.id for feature in model.features}
    for feature in model.features:
        yield from _doubled(feature)
        yield from _wording(feature)
        yield from _uncited(feature)
        yield from _stories(feature)
        yield from _tasks(feature)
        yield from _unanswered(feature, model)
        for identifier in feature.depends_on:
            if identifier not in known:
                yield Diagnostic(
                    "unknown-feature",
                    Severity.WARNING,
                    f"this builds on `{identifier}`, and there is no such feature",
                    feature.source,
                    "correct the id, or take the dependency out",
                )


def _doubled(feature: Feature) -> Iterator[Diagnostic]:
    first: dict[str, Requirement] = {}
    for requirement in _all(feature):
        known = first.setdefault(requirement.id, requirement)
        if known is not requirement and known.text != requirement.text:
            yield Diagnostic(
                "requirement-doubled",
                Severity.WARNING,
                f"{requirement.id} is already at line {known.source.line} of {known.source.file} with another text",
                requirement.source,
                "give each requirement its own number",
            )


def _wording(feature: Feature) -> Iterator[Diagnostic]:
    for requirement in _all(feature):
        text = requirement.text
        if match := _UNFINISHED.search(text):
            yield Diagnostic(
                "unfinished-text",
                Severity.WARNING,
                f"{requirement.id} still says `{match.group()}`",
                requirement.source,
                "write down what is meant, or ask with [NEEDS CLARIFICATION: …]",
            )
        elif (match := _VAGUE.search(text)) and not re.search(r"\d|\(", text):
            yield Diagnostic(
                "vague-wording",
                Severity.INFO,
                f"nobody can test whether {requirement.id} is met: how much is `{match.group().lower()}`?",
                requirement.source,
                "say it with a number, or with what a person can see",
            )
    for criterion in feature.success_criteria:
        if not _MEASURED.search(criterion.text):
            yield Diagnostic(
                "criterion-without-number",
                Severity.INFO,
                f"{criterion.id} names nothing that can be counted or compared",
                criterion.source,
                "say how many, how long, or how often",
            )


def _uncited(feature: Feature) -> Iterator[Diagnostic]:
    """Requirements that nothing serves, where most are cited: then the missing one was forgotten."""
    served = _served(feature)
    open_ = [requirement for requirement in feature.requirements if requirement.id not in served]
    if len(feature.requirements) < 3 or len(open_) > (1 - _ENOUGH) * len(feature.requirements):
        return
    for requirement in open_:
        yield Diagnostic(
            "requirement-uncited",
            Severity.WARNING,
            f"no entity, endpoint, tool, scenario or task cites {requirement.id}, and most others are cited",
            requirement.source,
            f"name ({requirement.id}) where it is served, or take it out",
        )


def _served(feature: Feature) -> set[str]:
    served = {each for entity in feature.entities for each in entity.requirements}
    served |= {each for endpoint in feature.endpoints for each in endpoint.requirements}
    served |= {each for tool in feature.tools for each in tool.requirements}
    served |= {each for task in feature.tasks for each in task.requirements}
    return served | {each for story in feature.stories for scenario in story.scenarios for each in cited(scenario.text)}


def _stories(feature: Feature) -> Iterator[Diagnostic]:
    numbers = Counter(story.number for story in feature.stories)
    first: dict[str, Story] = {}
    ranked = sum(bool(story.priority) for story in feature.stories) * 2 > len(feature.stories)
    for story in feature.stories:
        name = f"story {story.number}" + (f" ({story.title[:60]})" if story.title else "")
        if not story.scenarios:
            yield Diagnostic(
                "story-without-scenario",
                Severity.INFO,
                f"{name} has no acceptance scenario, so nobody can say when it is done",
                story.source,
                "add `1. **Given** …, **When** …, **Then** …`",
            )
        if not story.priority and ranked:
            yield Diagnostic(
                "story-without-priority",
                Severity.INFO,
                f"{name} has no priority, and the others have one",
                story.source,
                "write `(Priority: P1)` behind its title",
            )
        known = first.setdefault(story.number, story)
        if numbers[story.number] > 1 and known is not story:
            yield Diagnostic(
                "story-doubled",
                Severity.WARNING,
                f"story {story.number} stands at line {known.source.line} already",
                story.source,
                "give each story its own number",
            )


def _tasks(feature: Feature) -> Iterator[Diagnostic]:
    stories = {story.number.lstrip("0").upper() for story in feature.stories}
    first: dict[str, str] = {}
    for task in feature.tasks:
        number = task.story.removeprefix("US").lstrip("0").upper()
        if task.story and stories and number not in stories:
            yield Diagnostic(
                "unknown-story",
                Severity.WARNING,
                f"{task.id or 'this task'} belongs to {task.story}, and the spec has no such story",
                task.source,
                "correct the number",
            )
        if task.id and first.setdefault(task.id, task.text) != task.text:
            yield Diagnostic(
                "task-doubled",
                Severity.WARNING,
                f"{task.id} names another task already",
                task.source,
                "give each task its own number",
            )


def _unanswered(feature: Feature, model: Model) -> Iterator[Diagnostic]:
    told = {diagnostic.source for diagnostic in model.diagnostics if diagnostic.rule == "needs-clarification"}
    for asked in feature.clarifications:
        if not asked.answer and asked.source not in told:
            yield Diagnostic(
                "question-unanswered",
                Severity.WARNING,
                f"this question has no answer: {asked.question[:120]}",
                asked.source,
                "write `→ A: …` behind it",
            )


def _all(feature: Feature) -> tuple[Requirement, ...]:
    return (*feature.requirements, *feature.success_criteria)
