"""Several descriptions of one entity become one: the notation's precedence decides, and disagreements are said.

The order of `model.Notation` is the precedence: code over tables over bullets over diagrams. A field takes its type
from the first description that is sure of it; a later one may make it narrower (`string` → `uuid`), not contradict it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Field, Kind, Limits, Notation, Type
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings, excerpt

_RANKS = {notation: rank for rank, notation in enumerate(Notation)}
STORAGE = frozenset((Notation.SQL, Notation.DRIZZLE, Notation.PRISMA))
APPLICATION = frozenset(
    (
        Notation.TYPESCRIPT,
        Notation.ZOD,
        Notation.JAVA,
        Notation.CSHARP,
        Notation.GO,
        Notation.DART,
        Notation.RUST,
        Notation.CPP,
        Notation.SOLIDITY,
        Notation.GRAPHQL,
        Notation.PROTOBUF,
    )
)
_SKETCHES = frozenset((Notation.MERMAID, Notation.ASCII, Notation.SCHEMA, Notation.SAMPLE, Notation.PROSE))
_NARROWER: dict[Kind, frozenset[Kind]] = {
    Kind.STRING: frozenset(
        (Kind.UUID, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.ENUM, Kind.DECIMAL, Kind.BINARY, Kind.BIGINT)
    ),
    Kind.TEXT: frozenset((Kind.STRING, Kind.ENUM)),
    Kind.NUMBER: frozenset((Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL)),
    Kind.INTEGER: frozenset((Kind.BIGINT,)),
    Kind.JSON: frozenset((Kind.ARRAY,)),
    Kind.DATETIME: frozenset((Kind.DATE,)),
}


def unified(drafts: Sequence[EntityDraft], findings: Findings) -> list[EntityDraft]:
    """One draft per name and other name, in the order in which they first stand."""
    groups: dict[str, list[EntityDraft]] = {}
    other_names = _other_names(drafts)
    for draft in drafts:
        if _says_something(draft):
            key = naming.key(draft.name)
            groups.setdefault(other_names.get(key, key), []).append(draft)
    found = [_one(group, findings) for group in groups.values()]
    return [draft for draft in found if draft.fields or draft.values or draft.change or draft.removed]


def agree(main: EntityDraft, known: FieldDraft, other: FieldDraft, findings: Findings) -> None:
    """Brings a second description of a field into the first one; what contradicts is said, and the first one counts."""
    field, second = known.field, other.field
    if problem := _disagreement(known, other):
        findings.warning(
            "sources-disagree",
            f"{excerpt(main.name)}.{excerpt(field.name)} is {problem[1]} here and {problem[0]} at"
            f" {field.source.file}:{field.source.line}; the first one counts",
            second.source,
            "say the same in both places, or remove one of them",
        )
    known.presence = known.presence if known.presence is not None else other.presence
    known.target = known.target or (other.target if field.confidence < 1 else "")
    known.unique_within = known.unique_within or other.unique_within
    known.field = replace(
        field,
        type=_narrowed(field, second),
        confidence=max(field.confidence, second.confidence),
        primary_key=field.primary_key or second.primary_key,
        unique=field.unique or second.unique,
        indexed=field.indexed or second.indexed,
        references=field.references or (None if known.target else second.references),
        default=field.default if field.has_default else second.default,
        has_default=field.has_default or second.has_default,
        limits=field.limits if field.limits != Limits() else second.limits,
        description=field.description or second.description,
    )


def _says_something(draft: EntityDraft) -> bool:
    return bool(
        draft.fields
        or draft.values
        or draft.relationships
        or draft.indexes
        or draft.rules
        or draft.retention
        or draft.removed
        or draft.seeds
        or draft.change
    )


def _other_names(drafts: Sequence[EntityDraft]) -> dict[str, str]:
    """`Order Line (order_items)`: the other name leads to the first, unless an entity of its own bears it."""
    own = {naming.key(draft.name) for draft in drafts if draft.notation in (Notation.TABLE, Notation.BULLET)}
    found: dict[str, str] = {}
    for draft in drafts:
        for alias in draft.aliases:
            if naming.key(alias) not in own:
                found.setdefault(naming.key(alias), naming.key(draft.name))
    return found


def _rank(draft: EntityDraft) -> tuple[bool, bool, int]:
    notation = Notation.INLINE if draft.migration else draft.notation
    typed = bool(draft.values) or any(known.field.confidence >= 0.5 for known in draft.fields)
    return draft.delta or not (draft.fields or draft.values), not typed, _RANKS[notation]


def _one(group: list[EntityDraft], findings: Findings) -> EntityDraft:
    main = min(group, key=_rank)
    for other in group:
        if other is not main:
            _absorb(main, other, findings)
    headed = next((draft.name for draft in group if " " not in draft.name and not draft.migration), main.name)
    main.name = headed if main.fields else main.name
    return main


def _absorb(main: EntityDraft, other: EntityDraft, findings: Findings) -> None:
    """A second description of the same entity in the same file adds what the first one lacks."""
    missing = [draft for draft in other.fields if main.find(draft.field.name) is None]
    whole = main.fields and not (main.delta or other.delta)
    if missing and main.notation == other.notation and whole:
        findings.warning(
            "entity-defined-twice",
            f"{excerpt(main.name)} is already defined at line {main.source.line}; its new fields are added",
            other.source,
            "keep one definition",
        )
    if missing and main.fields and _is_view(main, other):
        names = excerpt(", ".join(draft.field.name for draft in missing))
        findings.info(
            "second-notation",
            f"{excerpt(other.name)} is described a second time; only there: {names}",
            other.source,
            "add them to the first description if they are columns",
        )
    else:
        main.fields += missing
    for draft in other.fields:
        known = main.find(draft.field.name)
        if known is not None and known is not draft:
            agree(main, known, draft, findings)
    _absorb_facts(main, other)


def _absorb_facts(main: EntityDraft, other: EntityDraft) -> None:
    main.kind = main.kind or other.kind
    if main.kind is None and main.notation in APPLICATION and other.notation not in APPLICATION and other.fields:
        main.kind = EntityKind.PERSISTED if not other.delta else None
    main.delta = main.delta and other.delta
    main.change = main.change or other.change
    main.extends = main.extends or other.extends
    main.aliases = tuple(dict.fromkeys((*main.aliases, *other.aliases)))
    main.relationships += other.relationships
    main.indexes += [index for index in other.indexes if index.fields not in [known.fields for known in main.indexes]]
    main.rules += [rule for rule in other.rules if rule.text not in {known.text for known in main.rules}]
    main.retention += other.retention
    main.seeds += other.seeds
    main.removed += other.removed
    main.transitions += [arrow for arrow in other.transitions if arrow not in main.transitions]
    main.requirements += other.requirements
    main.values = main.values or other.values
    main.description = main.description or other.description


def _is_view(main: EntityDraft, other: EntityDraft) -> bool:
    """Whether the second description shows the entity from outside, so that its own fields are no columns."""
    if other.delta:
        return False
    if other.notation in _SKETCHES:
        return main.notation not in _SKETCHES
    return other.notation in APPLICATION and main.notation in STORAGE


def _narrowed(first: Field, second: Field) -> Type:
    """The type of the surer description, made narrower by the other where that says more of the same."""
    one, two = first.type, second.type
    if first.confidence < 1 and second.confidence > first.confidence:
        return two
    if second.confidence < 1:
        return one
    if two.values and not one.values and one.kind in (Kind.STRING, Kind.TEXT, Kind.ENUM):
        return replace(two, raw=one.raw)
    if one.kind is Kind.TEXT and two.kind is Kind.STRING:
        return one
    if two.kind in _NARROWER.get(one.kind, ()):
        return replace(two, raw=one.raw or two.raw)
    if one.kind is two.kind and one.kind is Kind.ARRAY and one.items and two.items and two.items.values:
        return one if one.items.values else two
    if one.kind is two.kind:
        return replace(
            one,
            length=one.length or two.length,
            precision=one.precision or two.precision,
            scale=one.scale if one.precision else two.scale,
            format=one.format or two.format,
            schema=one.schema or two.schema,
        )
    return one


def _disagreement(known: FieldDraft, other: FieldDraft) -> tuple[str, str] | None:
    """What both say in other ways of the same field: its type, its values, or whether it must be there."""
    one, two = known.field.type, other.field.type
    sure = min(known.field.confidence, other.field.confidence) >= 1 and not (known.target or other.target)
    if sure and one.values and two.values and set(one.values) != set(two.values):
        return excerpt("|".join(one.values)), excerpt("|".join(two.values))
    if sure and not _compatible(one, two):
        return one.kind.value, two.kind.value
    presence = (known.presence, other.presence)
    if None not in presence and presence[0] != presence[1] and not (known.field.primary_key or other.field.has_default):
        words = {True: "required", False: "optional"}
        return words[bool(presence[0])], words[bool(presence[1])]
    return None


def _compatible(one: Type, two: Type) -> bool:
    texts = (Kind.STRING, Kind.TEXT)
    if one.kind is two.kind or (one.kind in texts and two.kind in texts):
        return True
    return two.kind in _NARROWER.get(one.kind, ()) or one.kind in _NARROWER.get(two.kind, ())
