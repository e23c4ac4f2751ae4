"""Which routes share a module, and in which order modules and routes are tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from flaresmith.compiler.model import Endpoint, Entity, EntityKind, Model
from flaresmith.compiler.python import names as python_names

ANY = "{}"
OURS = frozenset({("GET", "/health"), ("GET", "/alive")})
_MOST_SEGMENTS = 8


@dataclass(slots=True)
class Group:
    """A module of routes; `entity` is set where its rows are one entity's."""

    module: str
    title: str
    entity: Entity | None
    endpoints: list[Endpoint]


def grouped(model: Model, entities: Sequence[Entity], names: python_names.Names) -> list[Group]:
    """The groups in the order in which their routers are tried; each route stands in one, plain paths first."""
    persisted = {e.name: e for e in entities if e.kind is EntityKind.PERSISTED}
    groups: dict[str, Group] = {}
    loose: list[Endpoint] = []
    for endpoint in _served(model):
        entity = persisted.get(endpoint.entity) if endpoint.action else None
        if entity is None:
            loose.append(endpoint)
            continue
        made = Group(names.modules[entity.name], names.classes[entity.name], entity, [])
        groups.setdefault(made.module, made).endpoints.append(endpoint)
    _place(loose, groups)
    for group in groups.values():
        group.endpoints.sort(key=lambda e: (_plainness(e.path), e.path, e.method))
    return _ordered(groups)


def _served(model: Model) -> Iterator[Endpoint]:
    """Each method and path once; health is the service's own."""
    seen = set(OURS)
    for endpoint in model.endpoints:
        route = (endpoint.method.upper(), "/".join(_segments(endpoint.path)))
        if route in seen or (endpoint.method, endpoint.path) in OURS or not endpoint.path.startswith("/"):
            continue
        seen.add(route)
        yield endpoint


def _place(loose: Sequence[Endpoint], groups: dict[str, Group]) -> None:
    """Operations without an entity go where a pattern would hide them, else to their tag or first segment."""
    patterns = {(e.method, *_segments(e.path)): g for g in groups.values() for e in g.endpoints}
    taken = {module: group.title for module, group in groups.items()}
    for endpoint in loose:
        hiding = next((patterns[p] for p in _patterns(endpoint) if p in patterns), None)
        if hiding is not None:
            hiding.endpoints.append(endpoint)
            continue
        title = endpoint.tags[0] if endpoint.tags else _first_word(endpoint.path)
        module = python_names.module_name(title)
        while module in taken and taken[module] != f"tag {title}":
            module = f"{module}_operations"
        taken[module] = f"tag {title}"
        groups.setdefault(module, Group(module, title, None, [])).endpoints.append(endpoint)


def _first_word(path: str) -> str:
    plain = [segment for segment in path.split("/") if segment and not segment.startswith("{")]
    return plain[0] if plain else "operations"


def _segments(path: str) -> tuple[str, ...]:
    return tuple(ANY if segment.startswith("{") else segment for segment in path.split("/"))


def _plainness(path: str) -> list[bool]:
    return [segment == ANY for segment in _segments(path)]


def _patterns(endpoint: Endpoint) -> Iterator[tuple[str, ...]]:
    """The patterns that would match this path too, itself left out."""
    own = _segments(endpoint.path)
    if len(own) > _MOST_SEGMENTS:
        return
    for choice in product(*((segment,) if segment in (ANY, "") else (segment, ANY) for segment in own)):
        if choice != own:
            yield (endpoint.method, *choice)


def _ordered(groups: dict[str, Group]) -> list[Group]:
    patterns = {(e.method, *_segments(e.path)): name for name, group in groups.items() for e in group.endpoints}
    first: dict[str, set[str]] = {name: set() for name in groups}  # group → groups that must come before it
    for name, group in groups.items():
        for endpoint in group.endpoints:
            for pattern in _patterns(endpoint):
                if (other := patterns.get(pattern)) not in (None, name):
                    first[str(other)].add(name)
    ordered: list[Group] = []
    waiting = sorted(groups)
    while waiting:
        free = next((name for name in waiting if not first[name] & set(waiting)), waiting[0])
        waiting.remove(free)
        ordered.append(groups[free])
    return ordered
