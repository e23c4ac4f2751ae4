"""Spec folders become the typed model: every fact with its file and line, everything not understood counted and shown.

`parse` is pure and never raises on content. It reads each feature, merges them, settles names, maps the contracts'
operations to entities, derives what no contract mentions, and runs `check`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from flaresmith.compiler import naming
from flaresmith.compiler.cache import remembered
from flaresmith.compiler.check import check, decided, settings_of, without_ignores
from flaresmith.compiler.links import with_links
from flaresmith.compiler.model import Clarification, Entity, Feature, Model, Source, Task
from flaresmith.compiler.parse.citing import features_cited
from flaresmith.compiler.parse.clarifications import marks
from flaresmith.compiler.parse.contracts import Contracts, read_contracts, without_repeats
from flaresmith.compiler.parse.datamodel import read_data_model
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.findings import Findings, in_order
from flaresmith.compiler.parse.folders import (
    MAX_CONTRACT_BYTES,
    MAX_FILE_BYTES,
    MAX_TOTAL_BYTES,
    Folder,
    constitution_version,
    feature_folders,
    spec_hash,
    texts_of,
)
from flaresmith.compiler.parse.keys import Names, in_creation_order, with_implied_keys
from flaresmith.compiler.parse.merge import merged
from flaresmith.compiler.parse.openapi import unique_operation_ids
from flaresmith.compiler.parse.operations import mapped, with_derived
from flaresmith.compiler.parse.own import as_written
from flaresmith.compiler.parse.resolve import resolved
from flaresmith.compiler.parse.shown import to_json
from flaresmith.compiler.parse.story import SpecText, read_spec
from flaresmith.compiler.parse.tasks import read_tasks

__all__ = ["MAX_CONTRACT_BYTES", "MAX_FILE_BYTES", "MAX_TOTAL_BYTES", "parse", "spec_hash", "to_json"]


Facts = TypeVar("Facts")


@dataclass(slots=True)
class _Reading:
    """One feature as read: its text, its entities as drafts, its contracts, its tasks and open questions."""

    folder: Folder
    spec: SpecText
    drafts: list[EntityDraft]
    contracts: Contracts
    tasks: list[Task]
    questions: list[Clarification]
    entities: list[Entity] = field(default_factory=list)


def parse(files: Mapping[str, bytes], *, name: str) -> Model:
    """The model of a folder of specs, all diagnostics included; `files` maps POSIX paths to bytes. Raises nothing."""
    findings = Findings()
    folders = feature_folders(files, name=name, findings=findings)
    texts = dict(texts_of(folders))
    for folder in folders:
        folder.texts = {path: without_ignores(path, text) for path, text in folder.texts.items()}
    schemas: dict[str, Any] = {}
    readings = [_read(folder, schemas, findings) for folder in folders]
    model = _assembled(readings, schemas, findings)
    model = replace(
        model,
        name=name,
        diagnostics=findings.in_order(),
        not_understood=findings.lines_not_understood,
        constitution_version=constitution_version(files),
        spec_hash=spec_hash(files),
    )
    for diagnostic in check(model, texts):
        findings.add(diagnostic)
    return replace(model, diagnostics=in_order(decided(findings.in_order(), texts, settings_of(files))))


def _read(folder: Folder, schemas: dict[str, Any], findings: Findings) -> _Reading:
    spec = _as_before("spec", folder, folder.spec, read_spec, findings) if folder.spec else SpecText()
    drafts = [
        draft
        for path in folder.data_models
        for draft in _as_before("data model", folder, path, read_data_model, findings)
    ]
    contracts = _contracts(folder, schemas, findings)
    drafts += contracts.drafts
    tasks = [task for path in folder.tasks for task in read_tasks(folder.texts[path], path)]
    return _Reading(folder, spec, drafts, contracts, tasks, _questions(folder, findings))


def _as_before(
    what: str, folder: Folder, path: str, read: Callable[[str, str, Findings], Facts], findings: Findings
) -> Facts:
    """The facts of one document; those of the build before when its text is the same."""

    def made() -> tuple[Facts, Findings]:
        own = Findings()
        return read(folder.texts[path], path, own), own

    facts, said = remembered((what, path), (folder.texts[path],), made)
    findings.include(said)
    return facts


def _contracts(folder: Folder, schemas: dict[str, Any], findings: Findings) -> Contracts:
    """A feature's contracts; those of the build before when they and the schemas before them are the same."""
    files = {path: folder.texts[path] for path in folder.contracts}

    def made() -> tuple[Contracts, dict[str, Any], Findings]:
        own, together = Findings(), dict(schemas)
        return read_contracts(files, together, own), together, own

    reads = (*files, *files.values(), *schemas, *schemas.values())
    contracts, together, said = remembered(("contracts", folder.id), reads, made)
    schemas.update(together)
    findings.include(said)
    return replace(contracts, endpoints=list(contracts.endpoints))


def _questions(folder: Folder, findings: Findings) -> list[Clarification]:
    """What is marked as unclear outside of `spec.md`."""
    texts = (path for path in folder.texts if path != folder.spec and path.lower().endswith((".md", ".yaml", ".yml")))
    return [mark for path in texts for mark in marks(folder.texts[path], path, findings)]


def _assembled(readings: Sequence[_Reading], schemas: dict[str, Any], findings: Findings) -> Model:
    together = merged([reading.drafts for reading in readings], findings)
    names = Names(together)
    whole = resolved(together, names, findings)
    _own_entities(readings, whole, names)
    entities = in_creation_order(with_implied_keys(whole, findings))
    _missing_entities(readings, names, findings)
    without_repeats([reading.contracts for reading in readings], findings)
    contracted = unique_operation_ids([e for reading in readings for e in reading.contracts.endpoints], findings)
    contracted = mapped(contracted, entities, schemas, findings)
    endpoints = with_links(entities, with_derived(entities, contracted))
    return Model(
        name="",
        features=tuple(_features(readings, contracted)),
        entities=tuple(entities),
        endpoints=tuple(endpoints),
        schemas=schemas,
        security_schemes={
            key: value
            for reading in readings
            for contract in reading.contracts.contracts
            for key, value in contract.security_schemes.items()
        },
    )


def _own_entities(readings: Sequence[_Reading], whole: Sequence[Entity], names: Names) -> None:
    """What each feature itself says: the merged entity where it alone describes it, else its own part."""
    told = Counter(naming.key(draft.name) for reading in readings for draft in reading.drafts)
    by_key = {naming.key(entity.name): entity for entity in whole}
    silent = Findings()  # what is wrong was reported for the merged entities
    for reading in readings:
        keys = [naming.key(draft.name) for draft in reading.drafts]
        parts = zip(keys, reading.drafts, strict=True)
        reading.entities = [
            as_written(by_key[key] if told[key] == 1 and key in by_key else resolved([draft], names, silent)[0], draft)
            for key, draft in parts
        ]


def _features(readings: Sequence[_Reading], contracted: Sequence[Any]) -> list[Feature]:
    waiting = iter(contracted)
    known = [reading.folder.id for reading in readings]
    return [
        Feature(
            id=reading.folder.id,
            title=reading.spec.title or reading.folder.id,
            source=Source(reading.folder.spec or next(iter(reading.folder.texts)), 1),
            status=reading.spec.status,
            branch=reading.spec.branch,
            stories=tuple(reading.spec.stories),
            requirements=tuple(reading.spec.requirements),
            success_criteria=tuple(reading.spec.success_criteria),
            entities=tuple(reading.entities),
            endpoints=tuple(next(waiting) for _ in reading.contracts.endpoints),
            contracts=tuple(reading.contracts.contracts),
            tools=tuple(reading.contracts.tools),
            clarifications=(*reading.spec.clarifications, *reading.questions),
            tasks=tuple(reading.tasks),
            roles=reading.spec.roles,
            depends_on=_cited(reading, known),
            key_entities=tuple(reading.spec.key_entities),
            edge_cases=tuple(reading.spec.edge_cases),
        )
        for reading in readings
    ]


def _cited(reading: _Reading, known: Sequence[str]) -> tuple[str, ...]:
    folder = reading.folder
    texts = [folder.texts[path] for path in (folder.spec, *folder.data_models) if path]
    return features_cited(texts, reading.spec.stated, folder.id, known)


def _missing_entities(readings: Sequence[_Reading], names: Names, findings: Findings) -> None:
    """Key entities that no data model gives fields to."""
    for reading in readings:
        for named in reading.spec.key_entities:
            if names.find(named.name) is None and len(named.name) < 80:
                findings.info(
                    "entity-without-fields",
                    f"{named.name} is named as an entity, and no data model gives it fields; it becomes no table",
                    named.source,
                    "describe it in data-model.md",
                )
