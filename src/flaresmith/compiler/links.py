"""N:M relationships as both sides see them, and the operations that list, add and remove what they link.

`GET /tools/{id}/tags` lists the tags of a tool as the list of tags does; `PUT …/tags/{tagId}` adds one, and adding it
again changes nothing; `DELETE …/tags/{tagId}` removes it. The side that declares the relationship may do all three,
the other side lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Cardinality, Endpoint, Entity, Relationship
from flaresmith.compiler.tables import Table, tables

LIST, ADD, REMOVE = "linked", "link", "unlink"
_KEY_WORDS = frozenset({"id", "ids", "uuid", "uuids", "key", "keys"})


@dataclass(frozen=True, slots=True)
class Link:
    """An N:M relationship seen from one side.

    `segment` is the word in the path (`tags`), `target` the entity on the other side. The pairs stand in `table`,
    whose columns `own` and `other` hold the keys of this side and of the target; they are columns, since the table of
    a plain relationship has no fields. `through` names the entity of that table, or is empty. `writable` is False
    where pairs can only be listed: on the side that does not declare the relationship, and where a pair carries
    required values of its own.
    """

    owner: str
    segment: str
    target: str
    table: str
    own: str
    other: str
    through: str = ""
    writable: bool = True


def links(entities: Sequence[Entity]) -> Mapping[str, tuple[Link, ...]]:
    """The links of each entity (resolved or not), by its name; entities without any are left out."""
    if not any(r.cardinality is Cardinality.MANY_TO_MANY for entity in entities for r in entity.relationships):
        return {}
    finder = _Finder(resolve.persisted(entities))
    found: dict[str, dict[str, Link]] = {}
    for link in (*finder.declared(), *finder.seen_from_behind()):
        found.setdefault(link.owner, {}).setdefault(link.segment, link)
    return {owner: tuple(by_segment.values()) for owner, by_segment in found.items()}


def link_of(endpoint: Endpoint, known: Mapping[str, Sequence[Link]]) -> Link | None:
    """The link that an operation is about, or None where it is about something else."""
    action, _, segment = endpoint.action.partition(":")
    if action not in {LIST, ADD, REMOVE}:
        return None
    return next((link for link in known.get(endpoint.entity, ()) if link.segment == segment), None)


def with_links(entities: Sequence[Entity], endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """The operations, and behind them those of the links; a path that is taken keeps its operation."""
    taken = {(e.method, _shape(e.path)) for e in endpoints}
    items = _item_paths(endpoints)
    by_name = {entity.name: entity for entity in entities}
    more: list[Endpoint] = []
    for owner, owned in links(entities).items():
        for link in owned if owner in items else ():
            made = _operations(link, items[owner], by_name[owner])
            more += [e for e in made if (e.method, _shape(e.path)) not in taken]
    names = naming.distinct((e.operation_id for e in more), reserved={e.operation_id for e in endpoints})
    return [*endpoints, *(replace(e, operation_id=name) for e, name in zip(more, names, strict=True))]


class _Finder:
    """Looks for the table of each N:M relationship."""

    def __init__(self, persisted: Sequence[Entity]) -> None:
        self.entities = {entity.name: entity for entity in persisted}
        self.tables = tables(persisted)
        self.of_entity = {table.entity: table for table in self.tables if table.entity}

    def declared(self) -> Iterator[Link]:
        """The links of the sides that declare them."""
        for entity in self.entities.values():
            for relationship in entity.relationships:
                if relationship.cardinality is Cardinality.MANY_TO_MANY and relationship.target in self.entities:
                    yield from self._link(entity, relationship)

    def seen_from_behind(self) -> Iterator[Link]:
        """The same links from the other side, to be listed only."""
        for link in list(self.declared()):
            if link.target != link.owner:
                segment = naming.kebab(naming.plural(link.owner))
                yield replace(
                    link,
                    owner=link.target,
                    target=link.owner,
                    segment=segment,
                    own=link.other,
                    other=link.own,
                    writable=False,
                )

    def _link(self, entity: Entity, relationship: Relationship) -> Iterator[Link]:
        target = self.entities[relationship.target]
        if len(entity.primary_key) != 1 or len(target.primary_key) != 1:
            return
        table = self._plain(entity.name, target.name)
        through = None if table else self._through(entity.name, target.name, relationship.through)
        if through is not None:
            table = self.of_entity[through.name]
        if table is None or (ends := self._ends(table, entity.name, target.name)) is None:
            return
        writable = through is None or _is_bare(through)
        name = through.name if through else ""
        yield Link(entity.name, _segment(relationship), target.name, table.name, *ends, name, writable)

    def _plain(self, one: str, other: str) -> Table | None:
        wanted = sorted((self.of_entity[one].name, self.of_entity[other].name))
        joins = (table for table in self.tables if not table.entity)
        return next((t for t in joins if sorted(key.target for key in t.foreign_keys) == wanted), None)

    def _through(self, one: str, other: str, named: str) -> Entity | None:
        if named in self.entities:
            return self.entities[named]
        for entity in self.entities.values():
            pointed = {field.references.entity for field in entity.fields if field.references}
            if entity.name not in {one, other} and {one, other} <= pointed and one != other:
                return entity
        return None

    def _ends(self, table: Table, one: str, other: str) -> tuple[str, str] | None:
        """The columns of a table that hold the keys of both sides."""
        own = [key.column for key in table.foreign_keys if self._is_key(key.target, key.target_column, one)]
        far = [key.column for key in table.foreign_keys if self._is_key(key.target, key.target_column, other)]
        if one == other:
            return (own[0], own[1]) if len(own) == 2 else None
        return (own[0], far[0]) if len(own) == 1 and len(far) == 1 else None

    def _is_key(self, table: str, column: str, entity: str) -> bool:
        return self.of_entity[entity].name == table and self.of_entity[entity].primary_key == (column,)


def _is_bare(through: Entity) -> bool:
    """Whether a row of the join entity needs nothing but its two ends."""
    references = [f for f in through.fields if f.references and not resolve.is_nullable(f)]
    others = [f for f in through.fields if f not in references]
    needed = [f for f in others if not resolve.is_nullable(f) and not f.has_default]
    return len(references) == 2 and not needed and not any(map(resolve.is_deletion_time, through.fields))


def _segment(relationship: Relationship) -> str:
    words = naming.words(relationship.name)
    while len(words) > 1 and words[-1] in _KEY_WORDS:
        words = words[:-1]
    name = "_".join(words) if len(words) <= 3 and words else relationship.target
    return naming.kebab(naming.plural(name))


def _item_paths(endpoints: Sequence[Endpoint]) -> dict[str, Endpoint]:
    """The operation that reads one row of each entity, where a single parameter names the row."""
    found: dict[str, Endpoint] = {}
    for endpoint in endpoints:
        if endpoint.action == "get" and endpoint.path.count("{") == 1 and endpoint.path.endswith("}"):
            found.setdefault(endpoint.entity, endpoint)
    return found


def _operations(link: Link, item: Endpoint, owner: Entity) -> Iterator[Endpoint]:
    collection = f"{item.path}/{link.segment}"
    one = naming.pascal(naming.singular(owner.name))
    name = naming.camel(f"{naming.singular(link.target)} id")
    name = f"other{naming.pascal(name)}" if "{" + name + "}" in item.path else name
    many, single = naming.pascal(link.segment), naming.pascal(naming.singular(link.segment))
    plan = [("GET", collection, f"list{many}Of{one}", LIST)]
    if link.writable:
        plan.append(("PUT", f"{collection}/{{{name}}}", f"add{single}To{one}", ADD))
        plan.append(("DELETE", f"{collection}/{{{name}}}", f"remove{single}From{one}", REMOVE))
    for method, path, operation, action in plan:
        yield Endpoint(
            method,
            path,
            operation,
            owner.source,
            tags=item.tags or (owner.name,),
            requirements=owner.requirements,
            security=item.security,
            entity=owner.name,
            action=f"{action}:{link.segment}",
            derived=True,
        )


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
