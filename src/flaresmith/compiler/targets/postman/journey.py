"""In which order a run touches the endpoints, so that each finds what it needs and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flaresmith.compiler import naming
from flaresmith.compiler.links import ADD, LIST, REMOVE
from flaresmith.compiler.model import Endpoint, Entity, EntityKind
from flaresmith.compiler.resolve import is_deletion_time
from flaresmith.compiler.service import Action, Link, Service
from flaresmith.compiler.service.resources import initial_state
from flaresmith.compiler.targets.postman.bodies import Bodies
from flaresmith.compiler.wire import Wire, path_parameters

ITEM_ACTIONS = frozenset({"get", "update", "replace", "delete"})
_ORDER = {"create": 0, "list": 1, "get": 2, "update": 3, "replace": 4}
CLEAN_UP, LINKS = "Clean up", "Links"


@dataclass(frozen=True, slots=True)
class Stop:
    """One request of the run. `status` is what a fresh service answers, empty where that cannot be known."""

    endpoint: Endpoint
    status: str
    captures: bool = False  # the reply names the thing that later requests use


@dataclass(slots=True)
class Folder:
    """The requests of one domain."""

    name: str
    stops: list[Stop] = field(default_factory=list)


class Journey:
    """The whole run: which things it makes, and its folders in order."""

    def __init__(self, everything: Wire, plan: Service, bodies: Bodies) -> None:
        self.wire = everything
        self.operations = {(o.endpoint.method, o.endpoint.path): o for o in plan.operations}
        self.bodies = bodies
        self.entities = everything.entities
        self.by_key = {naming.key(name): entity for name, entity in self.entities.items()}
        self.creators = self._creators()
        self.needs = {name: self._needs(self.creators[name]) for name in self.creators}
        self.made = self._in_order()
        self.removable = self._removable()
        self.needed_later = {need for name in self.made for need in self.needs[name]}
        self.needed_later |= {entity for link in self._links() for entity in (link.owner, link.target)}

    def folders(self) -> list[Folder]:
        """Folders by domain, those of entities in the order of creation, `Clean up` last."""
        folders: dict[str, Folder] = {}
        place = {name: index for index, name in enumerate(self.made)}
        grouped: dict[str, list[Endpoint]] = {}
        for endpoint in self.wire.endpoints:
            if self.link(endpoint) is None:
                grouped.setdefault(endpoint.entity, []).append(endpoint)
        for entity in sorted(grouped, key=lambda name: (name not in place, place.get(name, 0), name)):
            for stop in self._stops(entity, grouped[entity]):
                title = self._domain(stop.endpoint)
                folders.setdefault(title, Folder(title)).stops.append(stop)
        links = Folder(LINKS, list(self._linked()))
        clean_up = Folder(CLEAN_UP, list(self._late_removals(grouped)))
        return [*folders.values(), *(folder for folder in (links, clean_up) if folder.stops)]

    def link(self, endpoint: Endpoint) -> Link | None:
        """The N:M relationship that an operation is about."""
        operation = self.operations.get((endpoint.method, endpoint.path))
        return operation.link if operation else None

    def owner(self, endpoint: Endpoint, parameter: str) -> tuple[Entity, str] | None:
        """The made thing, and its field, that a path parameter names; None where it names something else."""
        entity = self.entities.get(endpoint.entity)
        names = path_parameters(endpoint.path)
        if link := self.link(endpoint):
            made = self.entities[link.owner if parameter == names[0] else link.target]
            return made, made.primary_key[0].name
        if entity and (endpoint.action in ITEM_ACTIONS or endpoint.action.startswith("transition:")):
            keys = [key.name for key in entity.primary_key]
            tail = names[-len(keys) :] if keys else []
            if parameter in tail and len(tail) == len(keys):
                return entity, parameter if parameter in keys else keys[tail.index(parameter)]
        return self._by_place(endpoint, parameter) or self._by_field(entity, parameter)

    def is_made(self, entity: str) -> bool:
        """Whether the run creates one of these."""
        return entity in self.creators and entity in self._made_set

    def _creators(self) -> dict[str, Endpoint]:
        found: dict[str, Endpoint] = {}
        for endpoint in self.wire.endpoints:
            entity = self.entities.get(endpoint.entity)
            if endpoint.action != "create" or entity is None or entity.kind is not EntityKind.PERSISTED:
                continue
            if endpoint.entity not in found and self._is_served(endpoint) and self.bodies.is_possible(endpoint):
                found[endpoint.entity] = endpoint
        return found

    def _needs(self, creator: Endpoint) -> tuple[str, ...]:
        entity = self.entities[creator.entity]
        owners = (self.owner(creator, name) for name in path_parameters(creator.path))
        targets = (self.bodies.target_of(entity, name) for name in self.bodies.required(creator))
        return tuple(dict.fromkeys(found[0].name for found in (*owners, *targets) if found))

    def _in_order(self) -> list[str]:
        """The entities that can be made, each after what it needs; circles and what hangs on them are left out."""
        waiting = {name: set(needs) for name, needs in self.needs.items()}
        users: dict[str, list[str]] = {}
        for name, needs in waiting.items():
            for need in needs:
                users.setdefault(need, []).append(name)
        order = [name for name, needs in waiting.items() if not needs]
        for name in order:
            for user in users.get(name, ()):
                waiting[user].discard(name)
                if not waiting[user]:
                    order.append(user)
        self._made_set = set(order)
        return order

    def _removable(self) -> set[str]:
        """Entities that the run can remove again: they and all that stands on them have a delete endpoint."""
        with_delete = {e.entity for e in self.wire.endpoints if e.action == "delete"}
        stuck: set[str] = set()
        for name in reversed(self.made):
            if name in stuck or name not in with_delete:
                stuck.update({name, *self.needs[name]})
            elif any(map(is_deletion_time, self.entities[name].fields)):
                stuck.update(self.needs[name])  # a row that is only marked still refers to others
        return self._made_set - stuck

    def _stops(self, entity: str, endpoints: Sequence[Endpoint]) -> Iterable[Stop]:
        transitions = self._transitions(entity, [e for e in endpoints if e.action.startswith("transition:")])
        plain = [e for e in endpoints if e.action in _ORDER]
        yield from (self._stop(e) for e in sorted(plain, key=lambda e: (_ORDER[e.action], e.path)))
        yield from transitions
        yield from (Stop(e, "") for e in endpoints if not e.action)
        if entity not in self.needed_later:
            yield from (self._stop(e) for e in endpoints if e.action == "delete")

    def _links(self) -> list[Link]:
        return [link for endpoint in self.wire.endpoints if (link := self.link(endpoint))]

    def _linked(self) -> Iterable[Stop]:
        """Adds, lists and removes each link, when everything is there that it links."""
        for place, action in enumerate((ADD, LIST, REMOVE)):
            for endpoint in self.wire.endpoints:
                link = self.link(endpoint)
                if link is None or endpoint.action.partition(":")[0] != action:
                    continue
                lost = place == 2 and link.through in self.needed_later
                yield Stop(endpoint, success(endpoint) if self._reachable(endpoint) and not lost else "")

    def _late_removals(self, grouped: Mapping[str, Sequence[Endpoint]]) -> Iterable[Stop]:
        for name in reversed(self.made):
            if name in self.needed_later:
                yield from (self._stop(e) for e in grouped[name] if e.action == "delete")

    def _stop(self, endpoint: Endpoint) -> Stop:
        if not self._reachable(endpoint):
            return Stop(endpoint, "")
        if endpoint.action == "create":
            first = self.creators.get(endpoint.entity) is endpoint
            return Stop(endpoint, success(endpoint) if first else "", captures=first)
        return Stop(endpoint, success(endpoint))

    def _is_served(self, endpoint: Endpoint) -> bool:
        """Whether the service answers this by itself, to anybody."""
        operation = self.operations.get((endpoint.method, endpoint.path))
        return operation is not None and operation.action is not Action.HANDLER and not operation.security

    def _reachable(self, endpoint: Endpoint) -> bool:
        """Whether the service does this by itself, and everything that the request names has been made by then."""
        if not self._is_served(endpoint) or not self.bodies.is_possible(endpoint):
            return False
        if endpoint.action != "list" and not self.is_made(endpoint.entity):
            return False
        if endpoint.action == "delete" and endpoint.entity not in self.removable:
            return False
        owners = [self.owner(endpoint, name) for name in path_parameters(endpoint.path)]
        return all(found is not None and self.is_made(found[0].name) for found in owners)

    def _transitions(self, entity: str, endpoints: Sequence[Endpoint]) -> Iterable[Stop]:
        """The longest walk along the arrows; triggers that it leaves out are refused where it ends."""
        if not endpoints or not self.is_made(entity):
            return [Stop(endpoint, "") for endpoint in endpoints]
        by_trigger = {e.action.removeprefix("transition:"): e for e in endpoints}
        walked = [by_trigger[t] for t in longest_walk(self.entities[entity], frozenset(by_trigger))]
        refused = [e for e in endpoints if e not in walked]
        known = {t.trigger for t in self.entities[entity].transitions}
        told = [Stop(e, "409" if e.action.removeprefix("transition:") in known else "") for e in refused]
        return [Stop(e, success(e) if self._reachable(e) else "") for e in walked] + told

    def _by_place(self, endpoint: Endpoint, parameter: str) -> tuple[Entity, str] | None:
        before, _, _ = endpoint.path.partition("{" + parameter + "}")
        words = parameter_words(parameter)
        for name in (before.rstrip("/").rsplit("/", 1)[-1], words):
            owner = self.by_key.get(naming.key(name)) if name and "{" not in name else None
            if owner and len(owner.primary_key) == 1:
                return owner, owner.primary_key[0].name
        return None

    def _by_field(self, entity: Entity | None, parameter: str) -> tuple[Entity, str] | None:
        return self.bodies.target_of(entity, parameter) if entity else None

    def _domain(self, endpoint: Endpoint) -> str:
        if endpoint.entity:
            return _title(naming.plural(endpoint.entity))
        if endpoint.tags:
            return endpoint.tags[0]
        segments = [s for s in endpoint.path.split("/") if s and "{" not in s and s not in {"api", "v1", "v2"}]
        return _title(segments[0]) if segments else "General"


def success(endpoint: Endpoint) -> str:
    """The first documented status of success, or the usual one of the action."""
    documented = sorted(r.status for r in endpoint.responses if r.status.isdigit() and r.status.startswith("2"))
    return documented[0] if documented else {"create": "201", "delete": "204"}.get(endpoint.action, "200")


def parameter_words(parameter: str) -> str:
    """What a path parameter is called without its `Id`: `toolId` → `tool`."""
    words = naming.words(parameter)
    return "_".join(words[:-1] if words[-1] in {"id", "uuid", "key", "slug"} else words)


def longest_walk(entity: Entity, triggers: frozenset[str]) -> tuple[str, ...]:
    """The most triggers that one thing can pass in a row, each once, from its initial state."""
    best: tuple[str, ...] = ()
    for state in dict.fromkeys(t.field for t in entity.transitions):
        arrows = [t for t in entity.transitions if t.field == state and t.trigger in triggers]
        budget = 2000
        paths: list[tuple[str, tuple[str, ...]]] = [(initial_state(entity, state), ())]
        longest: tuple[str, ...] = ()
        while paths and budget:
            budget -= 1
            at, walked = paths.pop()
            longest = max(longest, walked, key=len)
            onward = [(a.after, (*walked, a.trigger)) for a in arrows if a.before == at and a.trigger not in walked]
            paths += reversed(onward)
        best += longest
    return best


def _title(name: str) -> str:
    text = " ".join(naming.words(name))
    return text[:1].upper() + text[1:]
