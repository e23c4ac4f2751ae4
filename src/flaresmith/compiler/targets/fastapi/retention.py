"""The rules by which rows are removed for good, as the specs tell them."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.layout import Node, call, header, imports, lines, prose, text, tuple_of
from flaresmith.compiler.service import Purge, service
from flaresmith.compiler.targets.fastapi.plumbing import fixed

_RULE = '''@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of a table go when the time in a column is so many days ago."""

    table: type[Base]
    column: str
    days: float'''


def retention_files(model: Model, target: str) -> Iterator[File]:
    """The command and its rules, where the specs say how long anything is kept."""
    purges = service(model).purges
    if not purges:
        return
    entities = {entity.name: entity for entity in python_names.sound_entities(model)}
    names = python_names.names(list(entities.values()))
    kept = [entities[name] for name in dict.fromkeys(purge.entity for purge in purges)]
    ids = tuple(sorted({id_ for entity in kept for id_ in entity.requirements}))
    sources = tuple(retention.source for entity in kept for retention in entity.retention)
    rules = [_rule(purge, python_names.attributes(entities[purge.entity]), names) for purge in purges]
    models = sorted((names.modules[entity.name], names.classes[entity.name]) for entity in kept)
    parts = [
        *header("How long rows are kept.", ids, sources),
        "",
        "from __future__ import annotations",
        "",
        "from dataclasses import dataclass",
        "",
        "from app.models import Base",
        *(line for module, name in models for line in imports(f"app.models.{module}", [name])),
        "",
        "",
        _RULE,
        "",
        "",
        *(f"# {names.classes[purge.entity]}: {prose(purge.text)[:100]}" for purge in purges),
        *lines(tuple_of("RULES = (", *rules)),
    ]
    yield File("api/app/retention.py", "\n".join(parts) + "\n", target, ids, sources)
    yield File("api/app/purge.py", fixed("purge.py"), target, ids, sources)


def _rule(purge: Purge, attributes: dict[str, str], names: python_names.Names) -> Node:
    days = repr(int(purge.days) if purge.days == int(purge.days) else purge.days)
    return call("Rule(", names.classes[purge.entity], text(attributes[purge.field]), days)
