"""Entities as resources of the service: keys, what is shown and accepted, orders, filters, state machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flaresmith.compiler import resolve
from flaresmith.compiler.links import Link
from flaresmith.compiler.model import Entity, Field, Transition
from flaresmith.compiler.service.plan import Arrow, Machine, Resource
from flaresmith.compiler.tables import Table, column_names

CONTROLS = frozenset({"limit", "cursor", "sort"})


def resource(entity: Entity, table: Table, links: Sequence[Link]) -> Resource:
    """The resource of a resolved entity that has a table."""
    writable = [field for field in entity.fields if not resolve.is_read_only(field)]
    created = next((f for f in entity.fields if resolve.is_creation_time(f) and not resolve.is_nullable(f)), None)
    key = tuple(field.name for field in entity.primary_key)
    return Resource(
        entity=entity,
        table=table,
        columns=column_names(entity),
        key=key,
        shown=_names(f for f in entity.fields if not resolve.is_deletion_time(f)),
        created=_names(writable),
        changed=_names(f for f in writable if not f.primary_key),
        read_only=_names(f for f in entity.fields if resolve.is_read_only(f)),
        order=created.name if created else key[0],
        descending=created is not None,
        sorts=_names(f for f in entity.fields if resolve.is_sortable(f)),
        filters=_names(f for f in entity.fields if resolve.is_filterable(f) and f.name not in CONTROLS),
        hidden=next((f.name for f in entity.fields if resolve.is_deletion_time(f)), ""),
        touched=_names(f for f in entity.fields if resolve.is_update_time(f)),
        machines=tuple(_machines(entity)),
        links=tuple(links),
    )


def arrow(transition: Transition) -> Arrow:
    """A transition of the spec as an arrow; `*` and `any` start in every state."""
    anywhere = transition.before.strip().lower() in {"", "*", "any"}
    return Arrow(None if anywhere else transition.before, transition.after, transition.trigger)


def initial_state(entity: Entity, state: str) -> str:
    """The state in which a new row stands: the field's default, else its first value, else where arrows start."""
    found = entity.field(state)
    default = found.default if found and found.has_default and isinstance(found.default, str) else ""
    values = found.type.values if found else ()
    starts = [transition.before for transition in entity.transitions if transition.field == state]
    return default or next(iter((*values, *starts)), "")


def _machines(entity: Entity) -> Iterator[Machine]:
    grouped: dict[str, list[Arrow]] = {}
    known: Mapping[str, Field] = {field.name: field for field in entity.fields} if entity.transitions else {}
    for transition in entity.transitions:
        if transition.field in known:
            grouped.setdefault(transition.field, []).append(arrow(transition))
    for state, arrows in grouped.items():
        yield Machine(state, initial_state(entity, state), tuple(dict.fromkeys(arrows)))


def _names(fields: Iterator[Field] | Sequence[Field]) -> tuple[str, ...]:
    return tuple(field.name for field in fields)
