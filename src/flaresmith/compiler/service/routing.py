"""Which operations share a module, and in which order modules and routes must be tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint

ANY = "{}"
OURS = frozenset({("GET", "/health"), ("GET", "/alive")})
RESERVED = frozenset({"base", "contract", "contracts", "health", "index", "service"})
_MOST_SEGMENTS = 8


@dataclass(slots=True)
class Gathered:
    """The endpoints of one module; `entity` is empty where no entity explains them."""

    name: str
    title: str
    entity: str
    endpoints: list[Endpoint]


def gathered(endpoints: Sequence[Endpoint], persisted: Sequence[str]) -> list[Gathered]:
    """The modules in the order in which they are tried; each route stands in one, plain paths first."""
    names = _module_names(persisted)
    groups: dict[str, Gathered] = {}
    loose: list[Endpoint] = []
    for endpoint in _served(endpoints):
        if not endpoint.action or endpoint.entity not in names:
            loose.append(endpoint)
            continue
        name = names[endpoint.entity]
        made = groups.get(name) or groups.setdefault(name, Gathered(name, endpoint.entity, endpoint.entity, []))
        made.endpoints.append(endpoint)
    _place(loose, groups)
    for group in groups.values():
        group.endpoints.sort(key=lambda e: (_plainness(e.path), e.path, e.method))
    return _ordered(groups)


def handler_names(endpoints: Sequence[Endpoint]) -> dict[str, str]:
    """Operation id → snake-case name of the module for a person's code; all contract operations have one."""
    ids = sorted({endpoint.operation_id for endpoint in endpoints if not endpoint.derived})
    return dict(zip(ids, naming.distinct(map(naming.snake, ids)), strict=True))


def _module_names(persisted: Sequence[str]) -> dict[str, str]:
    wanted = [naming.snake(name if name[:1].isupper() else naming.singular(name)) for name in persisted]
    return dict(zip(persisted, naming.distinct(wanted, RESERVED), strict=True))


def _served(endpoints: Sequence[Endpoint]) -> Iterator[Endpoint]:
    """Each method and path once; health is the service's own."""
    seen = set(OURS)
    for endpoint in endpoints:
        route = (endpoint.method.upper(), "/".join(_segments(endpoint.path)))
        if route in seen or (endpoint.method, endpoint.path) in OURS or not endpoint.path.startswith("/"):
            continue
        seen.add(route)
        yield endpoint


def _place(loose: Sequence[Endpoint], groups: dict[str, Gathered]) -> None:
    """Operations without an entity go where a pattern would hide them, else to their tag or first segment."""
    if not loose:
        return
    patterns = _patterns_of(groups)
    taken = {name: group.title for name, group in groups.items()}
    for endpoint in loose:
        hiding = next((patterns[p] for p in _patterns(endpoint) if p in patterns), None)
        if hiding is not None:
            groups[hiding].endpoints.append(endpoint)
            continue
        title = endpoint.tags[0] if endpoint.tags else _first_word(endpoint.path)
        name = naming.snake(title)
        while name in RESERVED or (name in taken and taken[name] != f"tag {title}"):
            name = f"{name}_operations"
        taken[name] = f"tag {title}"
        groups.setdefault(name, Gathered(name, title, "", [])).endpoints.append(endpoint)


def _patterns_of(groups: Mapping[str, Gathered]) -> dict[tuple[str, ...], str]:
    return {(e.method, *_segments(e.path)): name for name, group in groups.items() for e in group.endpoints}


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


def _ordered(groups: dict[str, Gathered]) -> list[Gathered]:
    patterns = _patterns_of(groups)
    first: dict[str, set[str]] = {name: set() for name in groups}  # group → groups that must come before it
    for name, group in groups.items():
        for endpoint in group.endpoints:
            for pattern in _patterns(endpoint):
                if (other := patterns.get(pattern)) not in (None, name):
                    first[str(other)].add(name)
    free = sorted(name for name in groups if not first[name])
    tied = {name: needs for name, needs in first.items() if needs}
    if not tied:
        return [groups[name] for name in free]
    return [groups[name] for name in _after_their_needs(sorted(groups), first)]


def _after_their_needs(waiting: list[str], first: Mapping[str, set[str]]) -> Iterator[str]:
    while waiting:
        free = next((name for name in waiting if not first[name] & set(waiting)), waiting[0])
        waiting.remove(free)
        yield free
