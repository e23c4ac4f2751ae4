"""One module per entity: how its rows are kept, checked, shown and ordered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from flaresmith.compiler import naming
from flaresmith.compiler.links import Link
from flaresmith.compiler.model import Entity, File, Kind, Model
from flaresmith.compiler.service import Arrow, Machine, Resource, service
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.hono.names import Names, link_constant, names
from flaresmith.compiler.targets.hono.package import FOLDER
from flaresmith.compiler.typescript.layout import Node, after, array, call, header, imports, lines, module, obj
from flaresmith.compiler.typescript.text import literal

SOURCES = f"{FOLDER}/src"


def resource_files(model: Model, target: str) -> Iterator[File]:
    """The modules of all resources, and the list of every table."""
    plan = service(model)
    chosen = names(model, plan)
    for resource in plan.resources.values():
        path = f"{SOURCES}/resources/{chosen.modules[resource.name]}.ts"
        entity = resource.entity
        text = surroundings(model).remembered(
            "hono resource",
            entity.name,
            partial(_module, resource, chosen),
            chosen.tables.constants[resource.table.name],
        )
        yield File(path, text, target, entity.requirements, (entity.source,))
    yield File(f"{SOURCES}/tables.ts", _tables(chosen), target)


def arrows(found: Sequence[Arrow]) -> Node:
    """Arrows as pairs; null starts anywhere."""
    return array(*dict.fromkeys(array(literal(a.before), literal(a.after)) for a in found))


def _module(resource: Resource, chosen: Names) -> str:
    entity, stem = resource.entity, chosen.stems[resource.name]
    head = header([entity.source], entity.requirements)
    schemas = [f"{stem}{kind}Schema" for kind in ("", "Create", "Update")]
    tables = [chosen.tables.constants[resource.table.name]]
    tables += [chosen.tables.constants[link.table] for link in resource.links]
    ours = [*(["Link"] if resource.links else []), "Resource"]
    foreign = [*imports(chosen.database, sorted(dict.fromkeys(tables))), *imports(chosen.types, sorted(schemas))]
    own = imports("../resource.js", ours, types=True)
    body = lines(
        after(f"export const {chosen.constants[resource.name]}: Resource = ", _resource(resource, chosen), ";")
    )
    links = [_link(resource, link, chosen) for link in resource.links]
    return module([head, [*foreign, "", *own], body, *links])


def _resource(resource: Resource, chosen: Names) -> Node:
    stem = chosen.stems[resource.name]
    order = f"-{resource.order}" if resource.descending else resource.order
    members: dict[str, Node] = {
        "title": literal(title(resource.entity)),
        "table": chosen.tables.constants[resource.table.name],
        "columns": obj({f.name: chosen.column(resource, f.name) for f in resource.entity.fields}, expanded=True),
        "key": _texts(resource.key),
        "shown": _texts(resource.shown),
        "readOnly": _texts(resource.read_only),
        "order": literal(order),
        "sorts": _texts(resource.sorts),
        "filters": _texts(resource.filters),
        **({"hidden": literal(resource.hidden)} if resource.hidden else {}),
        "touched": _texts(resource.touched),
        "machines": obj({m.field: _machine(resource.entity, m) for m in resource.machines}),
        "row": f"{stem}Schema",
        "create": f"{stem}CreateSchema",
        "changes": f"{stem}UpdateSchema",
    }
    return obj(members, expanded=True)


def _machine(entity: Entity, machine: Machine) -> Node:
    """The arrows, and the state of a row that is replaced without naming one."""
    field = entity.field(machine.field)
    default = field.default if field and field.has_default and isinstance(field.default, str) else None
    known = field is not None and (field.type.kind is not Kind.ENUM or default in field.type.values)
    otherwise = default if known else None
    return obj({"otherwise": literal(otherwise), "arrows": arrows(machine.arrows)}, expanded=True)


def _link(resource: Resource, link: Link, chosen: Names) -> list[str]:
    constant, properties = chosen.tables.constants[link.table], chosen.tables.properties[link.table]
    members: dict[str, Node] = {
        "table": constant,
        "own": f"{constant}.{properties[link.own]}",
        "other": f"{constant}.{properties[link.other]}",
    }
    return lines(
        after(
            f"export const {link_constant(resource, link, chosen.constants)}: Link = ", obj(members, expanded=True), ";"
        )
    )


def title(entity: Entity) -> str:
    """`ToolTag` → `tool tag`, as errors name it."""
    return " ".join(naming.words(entity.name if entity.name[:1].isupper() else naming.singular(entity.name)))


def _texts(found: Sequence[str]) -> Node:
    return array(*map(literal, found))


def _tables(chosen: Names) -> str:
    constants = sorted(chosen.tables.constants.values())
    made = call("export const TABLES: readonly PgTable[] = [", *constants, close="];")
    ours = imports(chosen.database, constants)
    head = header((), (), "Every table, to tell what an error of the database speaks of.")
    return module([head, [*imports("drizzle-orm/pg-core", ["PgTable"], types=True)], ours, lines(made)])
