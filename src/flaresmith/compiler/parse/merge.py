"""Features become one set of entities: the first definition rules, and deltas of later features amend it.

A delta adds, changes and removes fields; a mention as existing or unchanged adds nothing. What neither finds is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.cache import remembered
from flaresmith.compiler.model import Change, EntityKind, Field, Kind
from flaresmith.compiler.parse import kinds
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings, Mention, excerpt
from flaresmith.compiler.parse.unify import APPLICATION, STORAGE


def merged(features: Sequence[Sequence[EntityDraft]], findings: Findings) -> list[EntityDraft]:
    """One draft per entity over all features, in the order in which the names first stand."""
    groups: dict[str, list[EntityDraft]] = {}
    for drafts in features:
        for draft in drafts:
            groups.setdefault(naming.key(draft.name), []).append(draft)
    for mention in findings.mentions:
        _check_mention(mention, groups.get(naming.key(mention.name), []), findings)
    described = {key: group for key, group in groups.items() if any(_describes(draft) for draft in group)}
    return [_remembered(key, group, findings) for key, group in described.items()]


def kind_of(draft: EntityDraft) -> EntityKind:
    """The kind that was said, or that the name and the form of the definition suggest; a table where nothing speaks."""
    if draft.values and not draft.fields:
        return EntityKind.ENUM
    if draft.notation in STORAGE and draft.kind is not EntityKind.EXTERNAL:
        return EntityKind.EXTERNAL if draft.delta and not _has_key(draft) else EntityKind.PERSISTED
    if draft.kind is not None and not (draft.kind is EntityKind.ENUM and draft.fields):
        return draft.kind
    named = kinds.kind_of_name(draft.name)
    if named is not None and not _has_key(draft):
        return named
    if draft.notation in APPLICATION and not _has_key(draft):
        return EntityKind.DTO
    if any("." in known.field.name for known in draft.fields):
        return EntityKind.DERIVED
    return EntityKind.EXTERNAL if draft.delta and not _has_key(draft) else EntityKind.PERSISTED


def _remembered(key: str, group: list[EntityDraft], findings: Findings) -> EntityDraft:
    def made() -> tuple[EntityDraft, Findings]:
        own = Findings()
        return _one(group, own), own

    draft, said = remembered(("merged", key), tuple(group), made)
    findings.include(said)
    return draft


def _one(group: list[EntityDraft], findings: Findings) -> EntityDraft:
    main = next((draft for draft in group if not draft.delta), group[0])
    result = replace(
        main,
        fields=[_copied(known) for known in main.fields],
        indexes=list(main.indexes),
        rules=list(main.rules),
        relationships=list(main.relationships),
        transitions=list(main.transitions),
        retention=list(main.retention),
        seeds=list(main.seeds),
        requirements=tuple(main.requirements),
    )
    for other in group:
        if other is not main and other.delta:
            _amend(result, other, findings)
        elif other is not main:
            _extend(result, other, findings)
    if main.delta and main.change is not None:
        _lost(main, findings)
    return result


def _describes(draft: EntityDraft) -> bool:
    """Whether a draft says more than that an entity exists elsewhere."""
    return bool(draft.fields or draft.values or not draft.delta)


def _check_mention(mention: Mention, group: Sequence[EntityDraft], findings: Findings) -> None:
    """A mention without fields: the entity must stand in another feature, in the one that it names."""
    elsewhere = [draft for draft in group if draft.source.file != mention.source.file and not draft.delta]
    if not elsewhere:
        findings.info(
            "delta-without-entity",
            f"{excerpt(mention.name)} is {mention.change or Change.UNCHANGED} here, and no feature defines it",
            mention.source,
            "add the spec that defines it, or correct the name",
        )
    elif mention.extends and not any(_is_of(draft, mention.extends) for draft in elsewhere):
        _elsewhere(mention.name, mention.extends, elsewhere[0], mention, findings)


def _lost(draft: EntityDraft, findings: Findings) -> None:
    findings.warning(
        "delta-without-entity",
        f"{excerpt(draft.name)} is {draft.change} here, and no feature defines it; only what stands here is known",
        draft.source,
        "add the spec that defines it, or describe it in full",
    )


def _elsewhere(name: str, wanted: str, found: EntityDraft, at: Mention | EntityDraft, findings: Findings) -> None:
    findings.warning(
        "extends-unknown",
        f"{excerpt(name)} is said to come from {excerpt(wanted)}, which does not define it; it stands at"
        f" {found.source.file}:{found.source.line}",
        at.source,
        "correct the number of the feature",
    )


def _is_of(draft: EntityDraft, feature: str) -> bool:
    """Whether an entity stands in a feature: `001` or `001-auth` is a folder above its file."""
    number = feature.split("-")[0]
    folders = draft.source.file.split("/")[:-1]
    return any(folder == feature or folder.split("-")[0] == number for folder in folders)


def _amend(main: EntityDraft, delta: EntityDraft, findings: Findings) -> None:
    """A delta adds fields, gives known ones a new description, and takes some away."""
    if delta.extends and not _is_of(main, delta.extends):
        _elsewhere(delta.name, delta.extends, main, delta, findings)
    if delta.change is Change.REMOVED and not delta.removed:
        main.kind = EntityKind.EXTERNAL
        return
    if delta.change is Change.UNCHANGED:
        _unchanged(main, delta, findings)
        return
    for known in delta.fields:
        _amend_field(main, known)
    for name, source in delta.removed:
        gone = main.find(name)
        if gone is None:
            message = f"{excerpt(delta.name)}.{excerpt(name)} is removed here, and nothing defines it"
            findings.warning("delta-without-entity", message, source, "correct the name")
        else:
            main.fields.remove(gone)
    _add_facts(main, delta)


def _unchanged(main: EntityDraft, delta: EntityDraft, findings: Findings) -> None:
    missing = [known.field.name for known in delta.fields if main.find(known.field.name) is None]
    if missing:
        findings.info(
            "unchanged-adds-nothing",
            f"{excerpt(delta.name)} is said to exist already, and {main.source.file}:{main.source.line} does not have"
            f" {excerpt(', '.join(missing))}; nothing is added",
            delta.source,
            "write `modified` where a feature adds fields",
        )


def _amend_field(main: EntityDraft, known: FieldDraft) -> None:
    first = main.find(known.field.name)
    if first is None:
        main.fields.append(_copied(known))
    elif known.field.confidence >= first.field.confidence:
        place = main.fields.index(first)
        field = replace(
            known.field,
            name=first.field.name,
            primary_key=known.field.primary_key or first.field.primary_key,
            references=known.field.references or (None if known.target else first.field.references),
        )
        main.fields[place] = replace(known, field=field, target=known.target or first.target)


def _extend(main: EntityDraft, other: EntityDraft, findings: Findings) -> None:
    if other.fields:
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
    _add_facts(main, other)


def _add_facts(main: EntityDraft, other: EntityDraft) -> None:
    main.relationships += other.relationships
    main.indexes += [index for index in other.indexes if index.fields not in [known.fields for known in main.indexes]]
    main.rules += other.rules
    main.transitions += [arrow for arrow in other.transitions if arrow not in main.transitions]
    main.retention += other.retention
    main.seeds += other.seeds
    main.requirements += other.requirements
    main.values += tuple(value for value in other.values if value not in main.values)


def _conflict(first: Field, second: Field) -> bool:
    texts = (Kind.STRING, Kind.TEXT, Kind.ENUM)
    if first.type.kind in texts and second.type.kind in texts:
        return False
    return first.type.kind is not second.type.kind and min(first.confidence, second.confidence) == 1.0


def _copied(known: FieldDraft) -> FieldDraft:
    return replace(known)


def _has_key(draft: EntityDraft) -> bool:
    return any(known.field.primary_key or known.field.name.lower() in ("id", "_id", "uuid") for known in draft.fields)
