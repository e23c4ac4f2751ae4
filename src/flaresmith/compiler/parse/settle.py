"""Indexes, state transitions and relationships find the fields and entities that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Cardinality, Field, Index, Kind, Relationship, Transition
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.keys import Names

_NO_STATE = frozenset(("none", "null", "new", "start", "unnamed", "initial", "created", "nothing", "end"))


def settle_indexes(draft: EntityDraft, fields: list[Field], findings: Findings) -> tuple[list[Index], list[Field]]:
    """The indexes with the fields' own names, and the fields that an index makes unique."""
    spelled = {naming.snake(field.name): field.name for field in fields}
    wanted = [*draft.indexes, *_within(draft, spelled)]
    found: dict[tuple[tuple[str, ...], str], Index] = {}
    for index in wanted:
        names = tuple(spelled.get(naming.snake(name), "") for name in index.fields)
        if not all(names):
            missing = ", ".join(name for name, known in zip(index.fields, names, strict=True) if not known)
            findings.warning(
                "index-unknown-field",
                f"the index names {excerpt(missing)}, which {draft.name} does not have",
                index.source,
                "correct the name",
            )
            continue
        names = tuple(dict.fromkeys(names))
        known = found.get((names, index.where))
        found[(names, index.where)] = replace(index, fields=names, unique=index.unique or bool(known and known.unique))
    single = {
        index.fields[0] for index in found.values() if index.unique and len(index.fields) == 1 and not index.where
    }
    kept = [
        index
        for index in found.values()
        if not (len(index.fields) == 1 and not index.where and (index.unique or index.fields[0] in single))
    ]
    keyed = tuple(field.name for field in fields if field.primary_key)
    covered = {(field.name,) for field in fields if field.unique} | {keyed}
    kept = [index for index in kept if index.where or index.fields not in covered]
    return kept, [
        replace(field, unique=True) if field.name in single and keyed != (field.name,) else field for field in fields
    ]


def _within(draft: EntityDraft, spelled: Mapping[str, str]) -> Iterable[Index]:
    """`unique per org` → (orgId, name) unique."""
    for known in draft.fields:
        for owner in known.unique_within:
            snake = naming.snake(owner)
            column = next(
                (spelled[name] for name in (snake, f"{snake}_id", f"{naming.singular(owner)}_id") if name in spelled),
                "",
            )
            if column:
                yield Index((column, known.field.name), unique=True, source=known.field.source)


def settle_transitions(draft: EntityDraft, fields: list[Field], findings: Findings) -> Iterable[Transition]:
    """The arrows whose field exists and whose states are values of it."""
    by_name = {naming.snake(field.name): field for field in fields}
    for arrow in draft.transitions:
        field = by_name.get(naming.snake(arrow.field))
        if field is None or field.type.kind not in (Kind.ENUM, Kind.STRING, Kind.TEXT):
            continue
        values = {naming.snake(value): value for value in field.type.values}
        before, after = naming.snake(arrow.before), naming.snake(arrow.after)
        if before in _NO_STATE and before not in values:
            continue
        if values and not (before in values and after in values):
            unknown = arrow.before if before not in values else arrow.after
            findings.warning(
                "unknown-state",
                f"{excerpt(unknown)} is no value of {draft.name}.{field.name}",
                arrow.source,
                "add it to the field's values, or correct the arrow",
            )
            continue
        yield replace(
            arrow, field=field.name, before=values.get(before, arrow.before), after=values.get(after, arrow.after)
        )


def settle_relationships(
    draft: EntityDraft, links: Sequence[Relationship], names: Names, fields: list[Field], findings: Findings
) -> Iterable[Relationship]:
    """The declared relationships whose target exists, then those that foreign keys imply."""
    seen: set[tuple[str, str, str]] = set()
    for link in links:
        target = names.find(link.target)
        if target is None:
            findings.warning(
                "dangling-reference",
                f"the relationship names {excerpt(link.target)}, which these specs do not define",
                link.source,
                "define it, or correct the name",
            )
            continue
        key = (link.name, target.name, link.cardinality)
        if key not in seen:
            seen.add(key)
            yield replace(
                link, target=target.name, field=link.field or _foreign_key(fields, target.name, link.cardinality)
            )
    for field in fields:
        if field.references is not None and not any(name == field.references.entity for _, name, _ in seen):
            cardinality = Cardinality.ONE_TO_ONE if field.unique else Cardinality.MANY_TO_ONE
            yield Relationship(field.name, field.references.entity, cardinality, field.source, field=field.name)


def _foreign_key(fields: list[Field], target: str, cardinality: Cardinality) -> str:
    if cardinality not in (Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE):
        return ""
    return next((field.name for field in fields if field.references and field.references.entity == target), "")
