"""Which operations of a contract the service can do by itself: those whose parts all have a place in the data model.

Anything else is left to a person: its route checks the request and answers 501 until its handler is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Endpoint, Entity, Field, Kind, Model, Response
from flaresmith.compiler.service import schemas
from flaresmith.compiler.service.plan import Serving, Shape, View
from flaresmith.compiler.wire import path_parameters

ITEM_ACTIONS = frozenset({"get", "update", "replace", "delete", "transition"})
_READS = frozenset({"get", "list"})
PAGE: Mapping[str, Any] = {"hasMore": "more", "nextCursor": "cursor"}
ACTIONS = ITEM_ACTIONS | {"list", "create"}
_MORE = frozenset({"has_more", "has_next", "has_next_page"})
_CURSOR = schemas.CURSOR_NAMES | {"next", "next_page_token", "end_cursor"}
_TOTAL = frozenset({"total", "total_count", "count", "total_items"})
MAX_DEPTH = 3


class _NotServable(Exception):
    """A part of the operation has no place in the data model."""


def serving(endpoint: Endpoint, entity: Entity, model: Model) -> Serving | None:
    """How the service does an operation by itself, or None where only a person can know."""
    action = endpoint.action.partition(":")[0]
    if action not in ACTIONS or endpoint.derived:
        return None
    try:
        return _Reading(endpoint, entity, model, action).serving()
    except _NotServable:
        return None


@dataclass(slots=True)
class _Reading:
    endpoint: Endpoint
    entity: Entity
    model: Model
    action: str

    def serving(self) -> Serving:
        key, parts = self._path()
        sent = self._body(parts)
        response = self._success()
        asked, unasked = self._query()
        status = int(response.status) if response and response.status.isdigit() else self._usual_status()
        return Serving(status, self._shape(response), key, parts, sent, asked, unasked)

    def _usual_status(self) -> int:
        return {"create": 201, "delete": 204}.get(self.action, 200)

    def _path(self) -> tuple[str, dict[str, str]]:
        names = path_parameters(self.endpoint.path)
        keys = [field.name for field in self.entity.primary_key]
        key = ""
        if self.action in ITEM_ACTIONS:
            if not names:
                raise _NotServable
            named = [self._own(name) for name in names]
            if len(keys) > 1 and set(keys) <= set(named):
                return "", {name: str(found) for name, found in zip(names, named, strict=True)}
            key = self._key_parameter(names)
        return key, {name: self._parent(name) for name in names if name != key}

    def _key_parameter(self, names: Sequence[str]) -> str:
        """The last parameter holds the key of the row, unless it is followed by more than a trigger."""
        tail = self.endpoint.path.rpartition("}")[2].strip("/")
        if "/" in tail or (tail and self.action != "transition"):
            raise _NotServable
        return names[-1]

    def _own(self, name: str) -> str | None:
        snake = naming.snake(name)
        return next((f.name for f in self.entity.fields if naming.snake(f.name) == snake), None)

    def _parent(self, name: str) -> str:
        """The field that a parameter of an outer collection names: its own name, or what the segment before says."""
        if (own := self._own(name)) is not None and (found := self.entity.field(own)) and not found.primary_key:
            return own
        before = self.endpoint.path.split("{" + name + "}")[0].strip("/").rpartition("/")[2]
        referring = [f for f in self.entity.fields if f.references and _same(f.references.entity, before)]
        if len(referring) != 1:
            raise _NotServable
        return referring[0].name

    def _body(self, parts: Mapping[str, str]) -> dict[str, str]:
        schema = self.endpoint.request_schema
        if schema is None:
            if self.action == "create" and self._missing(set(parts.values())):
                raise _NotServable
            return {}
        if self.action in {"list", "get", "delete"} or not schemas.is_json(self.endpoint.request_media_type):
            raise _NotServable
        whole = schemas.resolved(schema, self.model.schemas)
        if not schemas.is_object(whole) or {"oneOf", "anyOf"} & whole.keys():
            raise _NotServable
        sent = {name: self._place(name, inner) for name, inner in schemas.properties(whole).items()}
        certain = {sent[name] for name in schemas.required(whole) if name in sent} | set(parts.values())
        if self.action in {"create", "replace"} and self._missing(certain):
            raise _NotServable
        return {name: place for name, place in sent.items() if name != place}

    def _place(self, name: str, schema: Any) -> str:
        own = self._own(name)
        field = self.entity.field(own) if own else None
        if field is None or not _is_compatible(field, schemas.resolved(schema, self.model.schemas)):
            raise _NotServable
        return field.name

    def _missing(self, given: set[str]) -> bool:
        """Whether a row could not be made from what the contract makes clients send."""
        needed = (f for f in self.entity.fields if not resolve.is_nullable(f) and not f.has_default)
        return any(f.name not in given and not resolve.is_read_only(f) for f in needed)

    def _success(self) -> Response | None:
        found = sorted((r for r in self.endpoint.responses if r.status.startswith("2")), key=lambda r: r.status)
        return found[0] if found else None

    def _shape(self, response: Response | None) -> Shape:
        if response is None or response.schema is None or response.status == "204":
            return self._untold(response)
        if not schemas.is_json(response.media_type):
            raise _NotServable
        many = self.action == "list"
        whole = schemas.resolved(response.schema, self.model.schemas)
        if many:
            return self._list_shape(whole)
        view = self._view(whole) or None
        return Shape(view) if view else self._wrapped(whole)

    def _untold(self, response: Response | None) -> Shape:
        """A read without a described reply shows our own; so does every operation that was read from a text."""
        silent = response is not None and response.status == "204"
        if silent or self.action == "delete" or (self.action not in _READS and self.endpoint.confidence >= 1):
            return Shape()
        shown = (f.name for f in self.entity.fields if not resolve.is_deletion_time(f))
        view = View(tuple((name, name) for name in shown))
        return Shape(view, True, "items", PAGE) if self.action == "list" else Shape(view)

    def _wrapped(self, whole: Mapping[str, Any]) -> Shape:
        """One row inside an object, `{"book": {…}}`; nothing else may be asked for."""
        fitting = [(name, self._view(self._resolved(inner))) for name, inner in schemas.properties(whole).items()]
        shown = [(name, view) for name, view in fitting if view]
        if len(shown) != 1 or schemas.required(whole) - {shown[0][0]}:
            raise _NotServable
        return Shape(shown[0][1], member=shown[0][0])

    def _list_shape(self, whole: Mapping[str, Any]) -> Shape:
        if schemas.kinds(whole) == ["array"]:
            return Shape(self._item_view(whole), many=True)
        lists = [(n, self._resolved(s)) for n, s in schemas.properties(whole).items()]
        arrays = [(name, inner) for name, inner in lists if schemas.kinds(inner) == ["array"]]
        if len(arrays) != 1:
            raise _NotServable
        name, inner = arrays[0]
        return Shape(self._item_view(inner), True, name, self._extra(whole, name, 0))

    def _item_view(self, array: Mapping[str, Any]) -> View:
        view = self._view(self._resolved(array.get("items")))
        if view is None:
            raise _NotServable
        return view

    def _extra(self, whole: Mapping[str, Any], rows: str, depth: int) -> dict[str, Any]:
        """What else the object around the rows holds; an unknown member may only be left out when it is optional."""
        found: dict[str, Any] = {}
        for name, schema in schemas.properties(whole).items():
            inner = self._resolved(schema)
            if name == rows and depth == 0:
                continue
            if schemas.is_object(inner) and depth < MAX_DEPTH:
                found[name] = self._extra(inner, "", depth + 1)
            elif control := _control(name):
                found[name] = control
            elif name in schemas.required(whole):
                raise _NotServable
        return found

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        return schemas.resolved(schema, self.model.schemas)

    def _view(self, whole: Mapping[str, Any]) -> View | None:
        """The schema as a view of the entity, where every property that it requires is a field."""
        if not schemas.is_object(whole):
            return None
        names, numbers = [], []
        for name, schema in schemas.properties(whole).items():
            own = self._own(name)
            found = self.entity.field(own) if own else None
            inner = self._resolved(schema)
            if found is None or not _is_compatible(found, inner):
                if name in schemas.required(whole):
                    return None
                continue
            names.append((name, found.name))
            if schemas.kinds(inner) in (["number"], ["integer"]) and found.type.kind is Kind.DECIMAL:
                numbers.append(name)
        return View(tuple(names), tuple(numbers)) if names else None

    def _query(self) -> tuple[dict[str, str], tuple[str, ...]]:
        asked, unasked = {}, []
        for parameter in schemas.query_parameters(self.endpoint):
            place = self._asked(parameter.name) if self.action == "list" else None
            if place is not None:
                asked[parameter.name] = place
            elif parameter.required:
                raise _NotServable
            else:
                unasked.append(parameter.name)
        return asked, tuple(unasked)

    def _asked(self, name: str) -> str | None:
        """`:limit`, `:cursor`, `:offset`, `:page`, or the field that a parameter narrows."""
        snake = naming.snake(name)
        for control, spellings in (
            (":limit", schemas.LIMIT_NAMES),
            (":cursor", schemas.CURSOR_NAMES),
            (":offset", schemas.OFFSET_NAMES),
            (":page", schemas.PAGE_NAMES),
        ):
            if snake in spellings:
                return control
        own = self._own(name)
        found = self.entity.field(own) if own else None
        return own if found is not None and resolve.is_filterable(found) else None


def _control(name: str) -> str:
    snake = naming.snake(name)
    for control, spellings in (
        ("more", _MORE),
        ("cursor", _CURSOR),
        ("total", _TOTAL),
        ("limit", schemas.LIMIT_NAMES),
        ("offset", schemas.OFFSET_NAMES),
        ("page", schemas.PAGE_NAMES),
    ):
        if snake in spellings:
            return control
    return ""


def _same(entity: str, segment: str) -> bool:
    return naming.key(entity) == naming.key(segment)


_TEXTUAL = frozenset(
    {Kind.STRING, Kind.TEXT, Kind.UUID, Kind.ENUM, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.DECIMAL, Kind.BINARY}
)
_KINDS: dict[str, frozenset[Kind]] = {
    "string": _TEXTUAL,
    "integer": frozenset({Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL}),
    "number": frozenset({Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL}),
    "boolean": frozenset({Kind.BOOLEAN}),
    "array": frozenset({Kind.ARRAY, Kind.JSON}),
    "object": frozenset({Kind.JSON}),
}


def _is_compatible(field: Field, schema: Mapping[str, Any]) -> bool:
    """Whether values of the contract's type can be values of the field."""
    found = schemas.kinds(schema)
    if not found:
        return not schemas.is_object(schema) or field.type.kind is Kind.JSON
    return all(field.type.kind in _KINDS.get(kind, frozenset()) or field.type.kind is Kind.JSON for kind in found)
