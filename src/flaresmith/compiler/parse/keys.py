"""Entities by every spelling of their name, their primary keys, and the order in which tables can be created."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Entity, EntityKind, Field, Kind, Type
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.merge import kind_of

GENERATED_KEYS = {Kind.UUID: "uuid", Kind.INTEGER: "increment", Kind.BIGINT: "increment"}


class Names:
    """The merged entities by every spelling of their names, with their kinds and keys."""

    def __init__(self, drafts: Sequence[EntityDraft]) -> None:
        self._by_key = {naming.key(alias): draft for draft in drafts for alias in draft.aliases}
        self._by_key |= {naming.key(draft.name): draft for draft in drafts}
        self.ask: Callable[[str], EntityDraft | None] = self._by_key.get

    def asked_through(self, ask: Callable[[str], EntityDraft | None]) -> Names:
        """The same names, where each one that is looked up is asked for with `ask`: it notes who needed what."""
        names = Names(())
        names.ask = ask
        return names

    def find(self, name: str) -> EntityDraft | None:
        """The entity of that name: singular, plural, snake, camel or kebab."""
        return self.ask(naming.key(name)) if name else None

    def kind(self, draft: EntityDraft) -> EntityKind:
        """What the merged entity of that name is."""
        return kind_of(self.find(draft.name) or draft)

    def primary(self, draft: EntityDraft) -> tuple[str, Type]:
        """Name and type of the entity's primary key; the implied one where it declares none."""
        keyed = key_fields(draft)
        if len(keyed) == 1:
            return keyed[0].field.name, keyed[0].field.type
        return "id", Type(Kind.UUID)

    def column(self, draft: EntityDraft, written: str) -> tuple[str, Type]:
        """Name and type of the field that a reference names, or of the primary key."""
        known = draft.find(written) if written else None
        if known is not None and (known.field.unique or known in key_fields(draft)):
            return known.field.name, known.field.type
        return self.primary(draft)


def key_fields(draft: EntityDraft) -> list[FieldDraft]:
    """The fields of the primary key: marked ones, else `id`, else `<entity>_id`."""
    marked = [known for known in draft.fields if known.field.primary_key]
    if marked:
        return marked
    own = naming.snake(naming.singular(draft.name))
    for name in ("id", f"{own}_id"):
        known = draft.find(name)
        if known is not None and known.field.references is None and known.presence is not False:
            return [known]
    return []


def with_implied_keys(entities: Iterable[Entity], findings: Findings) -> list[Entity]:
    """Tables without a primary key get `id`, a generated uuid."""
    return [_keyed(entity, findings) for entity in entities]


def in_creation_order(entities: Sequence[Entity]) -> list[Entity]:
    """The entities so that those that are referred to come first; cycles keep the written order."""
    by_name = {entity.name: entity for entity in entities}
    done: dict[str, Entity] = {}
    for entity in entities:
        waiting: list[tuple[Entity, bool]] = [(entity, False)]
        entered: set[str] = set()
        while waiting:
            current, expanded = waiting.pop()
            if expanded:
                done.setdefault(current.name, current)
            elif current.name not in done and current.name not in entered:
                entered.add(current.name)
                waiting.append((current, True))
                targets = [
                    f.references.entity for f in current.fields if f.references and f.references.entity in by_name
                ]
                waiting.extend((by_name[name], False) for name in reversed(targets) if name not in entered)
    return list(done.values())


def _keyed(entity: Entity, findings: Findings) -> Entity:
    if entity.kind is not EntityKind.PERSISTED or entity.primary_key:
        return entity
    findings.info(
        "implied-primary-key",
        f"{entity.name} has no primary key; it gets `id`, a generated uuid",
        entity.source,
        "mark a field with PK if it has a key of its own",
    )
    key = Field(
        "id",
        Type(Kind.UUID, raw="uuid"),
        entity.source,
        primary_key=True,
        default={"generated": "uuid"},
        has_default=True,
        description="Generated identifier",
        confidence=0.9,
    )
    others = tuple(
        replace(field, name="id_2") if naming.snake(field.name) == "id" else field for field in entity.fields
    )
    return replace(entity, fields=(key, *others))
