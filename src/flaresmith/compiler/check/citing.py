"""Citations in the text of a feature: ids that are declared nowhere, and ids that are spelled another way."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from flaresmith.compiler.citations import citations, loose
from flaresmith.compiler.model import Diagnostic, Edit, Feature, Fix, Model, Severity, Source

_READ = (".md", ".yaml", ".yml", ".json")
_ELSEWHERE = re.compile(
    r"(?:\d{3,}(?:-[\w-]+)?|spec[\s#-]*\d+|feature[\s#-]*\d+"
    r"|[\w.-]+#\d*)[:/.#,\s`*'’(\[s-]{1,6}$",
    re.I,
)
_TOLD = re.compile(r"\b(?:e\.g\.|such as|for example|format|template|like)\W{1,6}$", re.I)


def citing(model: Model, texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """What is wrong with the ids that tasks, data models, contracts and scenarios cite."""
    everywhere = {feature.id: _declared(feature) for feature in model.features}
    for feature in model.features:
        own = everywhere[feature.id]
        if not own:
            continue
        others = {each for name in feature.depends_on for each in everywhere.get(name, ())}
        folder = posixpath.dirname(feature.source.file)
        for path, text in texts.items():
            inside = not folder or path.startswith(f"{folder}/")
            if inside and path.lower().endswith(_READ):
                yield from _in_text(path, text, own, others)


def _declared(feature: Feature) -> frozenset[str]:
    return frozenset(one.id for one in (*feature.requirements, *feature.success_criteria))


def _in_text(path: str, text: str, own: frozenset[str], others: set[str]) -> Iterator[Diagnostic]:
    spelled = {loose(identifier): identifier for identifier in own}
    families = {identifier.rstrip("0123456789.abcdefghijklmnopqrstuvwxyz") for identifier in own}
    seen: set[tuple[int, str]] = set()
    for identifier, at in citations(text):
        if identifier in own or identifier in others or not text.startswith(identifier, at):
            continue
        line_start = text.rfind("\n", 0, at) + 1
        before = text[max(line_start, at - 80) : at]
        source = Source(path, text.count("\n", 0, at) + 1, at - line_start + 1)
        if _ELSEWHERE.search(before) or _TOLD.search(before) or "~~" in before or (source.line, identifier) in seen:
            continue
        seen.add((source.line, identifier))
        if known := spelled.get(loose(identifier)):
            yield _misspelled(identifier, known, source)
        elif identifier.rstrip("0123456789.abcdefghijklmnopqrstuvwxyz") in families:
            yield Diagnostic(
                "unknown-requirement",
                Severity.WARNING,
                f"{identifier} is cited here, and this feature declares no such requirement",
                source,
                "correct the id, or declare it in spec.md",
            )


def _misspelled(identifier: str, known: str, source: Source) -> Diagnostic:
    return Diagnostic(
        "citation-misspelled",
        Severity.INFO,
        f"{identifier} is declared as {known}",
        source,
        f"write {known}, so that both are found as one",
        Fix(f"write {known}", (Edit(source, len(identifier), known),)),
    )
