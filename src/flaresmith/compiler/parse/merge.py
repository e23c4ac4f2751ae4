"""Features become one set of entities: the first definition rules, later ones add fields, conflicts are reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Field, Kind
from flaresmith.compiler.parse import headings
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings


def merged(features: Sequence[Sequence[EntityDraft]], findings: Findings) -> list[EntityDraft]:
    """One draft per entity over all features, in the order in which the names first stand."""
    groups: dict[str, list[EntityDraft]] = {}
    for drafts in features:
        for draft in drafts:
            groups.setdefault(naming.key(draft.name), []).append(draft)
    return [_one(group, findings) for group in groups.values()]


def kind_of(draft: EntityDraft) -> EntityKind:
    """The kind that was said, or that the name and the form of the definition suggest; a table where nothing speaks."""
    if draft.values and not draft.fields:
        return EntityKind.ENUM
    if draft.notation in ("sql", "migration") and draft.kind is not EntityKind.EXTERNAL:
        return EntityKind.EXTERNAL if draft.delta and not _has_key(draft) else EntityKind.PERSISTED
    if draft.kind is not None and not (draft.kind is EntityKind.ENUM and draft.fields):
        return draft.kind
    named = headings.kind_of_name(draft.name)
    if named is not None and not _has_key(draft):
        return named
    if draft.notation == "code" and not _has_key(draft):
        return EntityKind.DTO
    if any("." in known.field.name for known in draft.fields):
        return EntityKind.DERIVED
    return EntityKind.EXTERNAL if draft.delta and not _has_key(draft) else EntityKind.PERSISTED


def _one(group: list[EntityDraft], findings: Findings) -> EntityDraft:
    main = next((draft for draft in group if not draft.delta), group[0])
    result = replace(
        main,
        fields=[_copied(known) for known in main.fields],
        indexes=list(main.indexes),
        rules=list(main.rules),
        relationships=list(main.relationships),
        transitions=list(main.transitions),
    )
    for other in group:
        if other is not main:
            _extend(result, other, findings)
    return result


def _extend(main: EntityDraft, other: EntityDraft, findings: Findings) -> None:
    if not other.delta and other.fields:
        findings.warning(
            "entity-defined-twice",
            f"{other.name} is already defined at {main.source.file}:{main.source.line}; its new fields are added",
            other.source,
            "write 'modified' behind the name where a feature extends an entity",
        )
    for known in other.fields:
        first = main.find(known.field.name)
        if first is None:
            main.fields.append(_copied(known))
        elif _conflict(first.field, known.field):
            findings.warning(
                "type-conflict",
                f"{main.name}.{known.field.name} is {known.field.type.kind} here and {first.field.type.kind} at"
                f" {first.field.source.file}:{first.field.source.line}; the first one counts",
                known.field.source,
                "give it one type",
            )
    if main.kind is None and other.kind is EntityKind.PERSISTED:
        main.kind = other.kind
    main.relationships += other.relationships
    main.indexes += [index for index in other.indexes if index.fields not in [known.fields for known in main.indexes]]
    main.rules += other.rules
    main.transitions += [arrow for arrow in other.transitions if arrow not in main.transitions]
    main.requirements += other.requirements
    main.values = main.values or other.values


def _conflict(first: Field, second: Field) -> bool:
    texts = (Kind.STRING, Kind.TEXT, Kind.ENUM)
    if first.type.kind in texts and second.type.kind in texts:
        return False
    return first.type.kind is not second.type.kind and min(first.confidence, second.confidence) == 1.0


def _copied(known: FieldDraft) -> FieldDraft:
    return replace(known)


def _has_key(draft: EntityDraft) -> bool:
    return any(known.field.primary_key or known.field.name.lower() in ("id", "_id", "uuid") for known in draft.fields)
