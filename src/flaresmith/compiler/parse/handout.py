"""Facts that stand outside their entity go to it by name: indexes, transitions, links, retention, seeds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Relationship, Seed, Source, Transition
from flaresmith.compiler.parse import sidetables
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.recorder import Collected

_LONGEST_JSON = 200_000


def hand_out(collected: Collected, found: Sequence[EntityDraft], findings: Findings) -> None:
    """Gives each fact to the entity that it names; an index of a name that nobody has is reported."""
    by_key = {naming.key(alias): draft for draft in found for alias in draft.aliases}
    by_key |= {naming.key(draft.name): draft for draft in found}
    _indexes(collected, by_key, findings)
    _transitions(collected, by_key, found)
    _links(collected, by_key)
    for owner, kept in collected.retention:
        if (draft := by_key.get(naming.key(owner))) and kept not in draft.retention:
            draft.retention.append(kept)
    _seeds(collected, by_key)


def state_field(draft: EntityDraft, before: str, after: str) -> str:
    """The field whose states these are: an enum that has one of them, else the one called status or state."""
    named = [
        known.field.name
        for known in draft.fields
        if re.search(r"(?:status|state|stage|phase)$", known.field.name, re.I)
    ]
    for known in draft.fields:
        values = {value.lower() for value in known.field.type.values}
        if {before.lower(), after.lower()} <= values:
            return known.field.name
    return named[0] if named else ""


def _indexes(collected: Collected, by_key: Mapping[str, EntityDraft], findings: Findings) -> None:
    for owner, index in collected.indexes:
        if draft := by_key.get(naming.key(owner)):
            draft.indexes.append(index)
        else:
            findings.warning(
                "dangling-reference",
                f"the index names {excerpt(owner)}, which this file does not describe",
                index.source,
                "correct the name, or move the index to the file of its entity",
            )


def _transitions(collected: Collected, by_key: Mapping[str, EntityDraft], found: Sequence[EntityDraft]) -> None:
    for owner, arrow in collected.transitions:
        for draft in _moved(owner, arrow, by_key, found):
            field = arrow.field or state_field(draft, arrow.before, arrow.after)
            placed = replace(arrow, field=field)
            if placed not in draft.transitions:
                draft.transitions.append(placed)


def _moved(
    owner: str, arrow: Transition, by_key: Mapping[str, EntityDraft], found: Sequence[EntityDraft]
) -> list[EntityDraft]:
    """The entities whose state an arrow moves: the one that is named, those that have an enum of it, or its states."""
    named = _named(owner, by_key)
    if named is not None and (named.fields or not named.values):
        return [named]
    wanted = {arrow.before.lower(), arrow.after.lower()}
    if named is not None:
        wanted |= {value.lower() for value in named.values}
        key = naming.key(named.name)
        typed = [
            draft for draft in found if any(naming.key(known.target) == key for known in draft.fields if known.target)
        ]
        if typed:
            return typed
    having = [draft for draft in found if any(wanted <= _values(known) for known in draft.fields)]
    having = having or _typed_as(wanted, found)
    return having if named is not None else having[:1] if len(having) == 1 else []


def _typed_as(wanted: set[str], found: Sequence[EntityDraft]) -> list[EntityDraft]:
    """The entities with a field whose type is the one enum that has these values."""
    enums = [draft for draft in found if wanted <= {value.lower() for value in draft.values}]
    keys = {naming.key(draft.name) for draft in enums} if len(enums) == 1 else set()
    return [draft for draft in found if any(naming.key(known.target) in keys for known in draft.fields if known.target)]


def _values(known: FieldDraft) -> set[str]:
    return {value.lower() for value in known.field.type.values}


def _named(owner: str, by_key: Mapping[str, EntityDraft]) -> EntityDraft | None:
    """`ThemeOverride Status`, `Payment Lifecycle State Transitions` → the entity that the first words name."""
    words = owner.split()
    for length in range(len(words), 0, -1):
        if draft := by_key.get(naming.key(" ".join(words[:length]))):
            return draft
    return None


def _links(collected: Collected, by_key: Mapping[str, EntityDraft]) -> None:
    for link in collected.links:
        left, right = by_key.get(naming.key(link.left)), by_key.get(naming.key(link.right))
        if left and (right or naming.key(link.right)):
            name = naming.snake(link.right)
            target = right.name if right else link.right
            left.relationships.append(Relationship(name, target, link.cardinality, link.source, field=link.field))


def _seeds(collected: Collected, by_key: Mapping[str, EntityDraft]) -> None:
    for draft, header, rows in collected.seeds:
        owner = by_key.get(naming.key(draft.name))
        if owner is None:
            continue
        for row, values in sidetables.seed_rows(rows, header, _field_names(owner)):
            owner.seeds.append(Seed(values, Source(draft.source.file, row.line)))
            collected.lines.add(row.line)
    for draft, text, source in collected.seed_texts:
        if owner := by_key.get(naming.key(draft.name)):
            owner.seeds += _json_seeds(text, source, _field_names(owner))


def _json_seeds(text: str, source: Source, names: Mapping[str, str]) -> list[Seed]:
    """The objects of a JSON text whose keys are fields of the entity."""
    try:
        read = json.loads(text[:_LONGEST_JSON])
    except (ValueError, RecursionError):
        return []
    rows = read if isinstance(read, list) else [read]
    found = []
    for row in rows[:1000]:
        if isinstance(row, dict) and row and all(naming.snake(str(key)) in names for key in row):
            found.append(Seed({names[naming.snake(str(key))]: value for key, value in row.items()}, source))
    return found


def _field_names(draft: EntityDraft) -> dict[str, str]:
    return {naming.snake(known.field.name): known.field.name for known in draft.fields}
