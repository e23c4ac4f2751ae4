"""How a list goes on: which parameter asks for the next page, where the answer says so, and where its items are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.clients.shapes import allows_null, kinds, properties, resolved
from flaresmith.compiler.model import Endpoint, Parameter

_ITEMS = ("items", "data", "results", "records", "entries", "values", "content", "edges")
_NEXT = frozenset({"next_cursor", "next_page_token", "cursor", "next", "end_cursor", "next_token", "continuation"})
_MORE = frozenset({"has_more", "has_next", "has_next_page", "more"})
_HOLDERS = frozenset({"meta", "page", "paging", "pagination", "page_info", "links", "response_metadata"})
_CURSORS = frozenset(
    {"cursor", "after", "page_token", "next_cursor", "starting_after", "next_token", "continuation", "page_cursor"}
)
_OFFSETS = frozenset({"offset", "skip"})
_PAGES = frozenset({"page", "page_number"})

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """How to walk a list. `style` is cursor, offset or page; `parameter` is the wire name of what asks for more.

    `items`, `next` and `more` are places in the answer, one name per level; empty where there is none, and for
    `items` where the answer is the list itself. `item` is the JSON Schema of one item.
    """

    style: str
    parameter: str
    items: Place
    item: Mapping[str, Any]
    next: Place = ()
    more: Place = ()


def paging_of(
    endpoint: Endpoint, parameters: Iterable[Parameter], answer: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Paging | None:
    """How the list of an operation goes on, or None where it is no list or says nothing about pages."""
    asked = [parameter for parameter in parameters if parameter.location == "query"]
    if endpoint.method != "GET" or not asked:
        return None
    found = resolved(answer, schemas)
    items, item = _items(found, schemas)
    if item is None:
        return None
    following, more = _place(found, schemas, _NEXT, _is_text), _place(found, schemas, _MORE, _is_flag)
    if following and (name := _named(asked, _CURSORS)):
        return Paging("cursor", name, items, item, following, more)
    for style, names in (("offset", _OFFSETS), ("page", _PAGES)):
        if name := _named(asked, names, whole=True):
            return Paging(style, name, items, item, (), more)
    return None


def _items(answer: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[Place, Mapping[str, Any] | None]:
    if kinds(answer) == ["array"]:
        return (), _item(answer)
    lists = {}
    for name, schema in properties(answer).items():
        found = resolved(schema, schemas)
        if kinds(found) == ["array"]:
            lists[name] = _item(found)
    named = next((name for name in _ITEMS if name in lists), None)
    if named is None and len(lists) == 1:
        named = next(iter(lists))
    return ((named,), lists[named]) if named is not None else ((), None)


def _item(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    item = schema.get("items")
    return item if isinstance(item, dict) else {}


def _place(answer: Mapping[str, Any], schemas: Mapping[str, Any], names: frozenset[str], fits: Any) -> Place:
    """Where a property of one of these names stands: at the top, or inside an object that speaks of pages."""
    for name, schema in properties(answer).items():
        if naming.snake(name) in names and fits(resolved(schema, schemas)):
            return (name,)
    for name, schema in properties(answer).items():
        if naming.snake(name) in _HOLDERS:
            for inner, part in properties(resolved(schema, schemas)).items():
                if naming.snake(inner) in names and fits(resolved(part, schemas)):
                    return (name, inner)
    return ()


def _is_text(schema: Mapping[str, Any]) -> bool:
    """A cursor is text, or nothing; an address (`next` as a URI) is no cursor."""
    if schema.get("format") in ("uri", "url", "uri-reference"):
        return False
    return kinds(schema) == ["string"] or (not kinds(schema) and allows_null(schema))


def _is_flag(schema: Mapping[str, Any]) -> bool:
    return kinds(schema) == ["boolean"]


def _named(parameters: Iterable[Parameter], names: frozenset[str], *, whole: bool = False) -> str:
    """The wire name of the first parameter with one of these names; a page number must be a whole number."""
    for parameter in parameters:
        if naming.snake(parameter.name) in names and (not whole or "integer" in kinds(parameter.schema)):
            return parameter.name
    return ""
