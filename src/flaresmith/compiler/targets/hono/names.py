"""What modules, resources and schemas are called in the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flaresmith.compiler import naming
from flaresmith.compiler import tables as relational
from flaresmith.compiler.links import Link
from flaresmith.compiler.model import Model
from flaresmith.compiler.resolve import resolve
from flaresmith.compiler.service import Resource, Service
from flaresmith.compiler.typescript import names as typescript_names
from flaresmith.compiler.typescript.packages import database_package, types_package
from flaresmith.compiler.wire import contract_schemas

# What a module of routes imports, or the name of a resource would hide.
_TAKEN = """Hono z page row c routes contracts create get handled link list listLinked picked refusing guard remove
    replace transition unlink update truth uuid whole real listOf shown call"""
RESERVED = naming.TYPESCRIPT_RESERVED | frozenset(_TAKEN.split())


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one service: entity → constant of its resource, module and stem of its schemas; tables; contracts."""

    types: str
    database: str
    constants: Mapping[str, str]
    modules: Mapping[str, str]
    stems: Mapping[str, str]
    tables: typescript_names.TableNames
    contracts: Mapping[str, str]
    homes: Mapping[str, str]  # what a module of resources exports → that module

    def column(self, resource: Resource, field: str) -> str:
        """A field's column behind the name of its table: `tools.categoryId`."""
        constant = self.tables.constants[resource.table.name]
        return f"{constant}.{self.tables.properties[resource.table.name][resource.columns[field]]}"


def names(model: Model, plan: Service) -> Names:
    """The names of a service; none is given twice."""
    entities = [entity.name for entity in resolve(model.entities)]
    kept = list(plan.resources)
    tables = typescript_names.table_names(relational.tables(model.entities))
    taken = RESERVED | set(tables.constants.values())
    constants = naming.distinct((naming.camel(naming.singular(name)) for name in kept), taken)
    contracts = typescript_names.contract_stems(contract_schemas(model))
    by_entity = dict(zip(kept, constants, strict=True))
    modules = dict(zip(kept, naming.distinct((naming.kebab(name) for name in kept), {"index"}), strict=True))
    return Names(
        types_package(naming.kebab(model.name)),
        database_package(naming.kebab(model.name)),
        by_entity,
        modules,
        typescript_names.stems(entities),
        tables,
        {name: f"contracts.{stem}Schema" for name, stem in contracts.items()},
        _homes(plan, by_entity, modules),
    )


def link_constant(resource: Resource, link: Link, constants: Mapping[str, str]) -> str:
    """The constant with the pairs of a link: `toolTagsLink`."""
    return f"{constants[resource.name]}{naming.pascal(link.segment)}Link"


def _homes(plan: Service, constants: Mapping[str, str], modules: Mapping[str, str]) -> dict[str, str]:
    found = {constant: modules[name] for name, constant in constants.items()}
    for name, resource in plan.resources.items():
        found |= {link_constant(resource, link, constants): modules[name] for link in resource.links}
    return found
