"""The rules of the command that removes what is too old: one per retention that the specs put in days."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.service import Purge, Service, service
from flaresmith.compiler.targets.hono.names import Names, names
from flaresmith.compiler.targets.hono.package import FOLDER, fixed
from flaresmith.compiler.typescript.layout import Node, array, header, imports, lines, module, obj
from flaresmith.compiler.typescript.layout import after as behind
from flaresmith.compiler.typescript.text import comment

_RULE = """/** Rows of a table are removed when a time is longer ago than so many days. */
export interface Rule {
  readonly table: PgTable;
  readonly column: PgColumn;
  readonly days: number;
}"""


def retention_files(model: Model, target: str) -> Iterator[File]:
    """The command and its rules, where the specs say how long rows are kept."""
    plan = service(model)
    if not plan.purges:
        return
    chosen = names(model, plan)
    entities = [plan.resources[purge.entity].entity for purge in plan.purges]
    ids = tuple(sorted({id_ for entity in entities for id_ in entity.requirements}))
    sources = tuple(entity.source for entity in entities)
    tables = sorted({chosen.tables.constants[plan.resources[p.entity].table.name] for p in plan.purges})
    parts = [
        header(sources, ids, "How long rows are kept."),
        [*imports("drizzle-orm/pg-core", ["PgColumn", "PgTable"], types=True), "", *imports(chosen.database, tables)],
        _RULE.split("\n"),
        _rules(plan, chosen),
    ]
    yield File(f"{FOLDER}/src/retention.ts", module(parts), target, ids, sources)
    yield File(f"{FOLDER}/src/purge.ts", fixed("purge"), target)


def _rules(plan: Service, chosen: Names) -> list[str]:
    said = [line for purge in plan.purges for line in comment(purge.text)]
    found = array(*(_rule(purge, plan, chosen) for purge in plan.purges))
    return [*said, *lines(behind("export const RULES: readonly Rule[] = ", found, ";"))]


def _rule(purge: Purge, plan: Service, chosen: Names) -> Node:
    resource = plan.resources[purge.entity]
    constant = chosen.tables.constants[resource.table.name]
    days = int(purge.days) if float(purge.days).is_integer() else purge.days
    return obj({"table": constant, "column": chosen.column(resource, purge.field), "days": str(days)})
