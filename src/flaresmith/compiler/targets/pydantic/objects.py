"""JSON Schemas of objects as classes, and the objects inside as classes of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flaresmith.compiler.python import names
from flaresmith.compiler.python.contract import Annotator
from flaresmith.compiler.python.layout import Node, after, docstring, flat, lines, literal
from flaresmith.compiler.service import schemas
from flaresmith.compiler.targets.pydantic.aliases import with_alias


class Objects:
    """Writes the classes of one module; `classes` are their names in the order of writing."""

    def __init__(self, annotator: Annotator) -> None:
        self.annotator = annotator
        self.classes: list[str] = []
        self._done = 0  # how many of the annotator's nested objects are written

    def written(self, name: str, schema: Mapping[str, Any], *, asked: bool = False) -> Iterator[str]:
        """The class of an object, then those of the objects inside; the values of one that is `asked` are texts."""
        yield self._class(name, schema, asked=asked)
        yield from self.rest()

    def rest(self) -> Iterator[str]:
        """The classes of objects that were met inside; writing one may meet more, so this is a queue."""
        waiting = self.annotator.nested
        while self._done < len(waiting.order):
            name = waiting.order[self._done]
            self._done += 1
            yield self._class(name, waiting.found[name])

    def _class(self, name: str, schema: Mapping[str, Any], *, asked: bool = False) -> str:
        self.classes.append(name)
        annotator = replace(self.annotator, asked=asked)
        fields = [line for one in self._fields(name, schema, annotator) for line in one]
        closed = schema.get("additionalProperties") is False
        described = schema.get("description")
        head = head_of(name, "Closed" if closed else "Open", described if isinstance(described, str) else "")
        return "\n".join([*head, *(["", *fields] if fields else [])])

    def _fields(self, name: str, schema: Mapping[str, Any], annotator: Annotator) -> Iterator[list[str]]:
        needed = schemas.required(schema)
        properties = schemas.properties(schema)
        attributes = names.attributes_of(properties)
        for wire, inner in properties.items():
            node = annotator.annotation(inner, f"{name} {wire}")
            read_only = isinstance(inner, Mapping) and inner.get("readOnly") is True
            end = "" if wire in needed and not read_only else f" = {flat(self._default(inner))}"
            attribute = attributes[wire]
            node = with_alias(node, wire) if attribute != wire else node
            yield lines(after(f"{attribute}: ", node), 4, end)

    def _default(self, schema: Any) -> Node:
        value = schema.get("default") if isinstance(schema, Mapping) else None
        fits = {"string": str, "boolean": bool, "integer": int}
        wanted = fits.get(next(iter(schemas.kinds(schema)), "")) if isinstance(schema, Mapping) else None
        plain = wanted is not None and type(value) is wanted and not {"format", "pattern", "enum"} & schema.keys()
        return literal(value) if plain else "UNSET"


def head_of(name: str, parent: str, says: str) -> list[str]:
    """The first lines of a class."""
    return [f"class {name}({parent}):", *docstring(says or f"`{name}` of the contract.", indent=4)]
