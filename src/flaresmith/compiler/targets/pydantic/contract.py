"""The module with the schemas of all contracts: components, inline bodies, and the query of each operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, File, Model, Parameter
from flaresmith.compiler.python import contract, names
from flaresmith.compiler.python.contract import Annotator, ContractNames, Nested
from flaresmith.compiler.python.layout import after, header, lines, tuple_of
from flaresmith.compiler.service import schemas
from flaresmith.compiler.targets.pydantic.imports import imports_of
from flaresmith.compiler.targets.pydantic.objects import Objects, head_of

PATH = "api/app/schemas/contract.py"


def contract_file(model: Model, target: str) -> Iterator[File]:
    """The module, where any feature has a contract."""
    endpoints = schemas.contract_endpoints(model)
    if not endpoints and not model.schemas:
        return
    sources = tuple(c.source for feature in model.features for c in feature.contracts)
    ids = tuple(dict.fromkeys(i for endpoint in endpoints for i in endpoint.requirements))
    body = _Writer(model, contract.contract_names(model)).body()
    head = header("Schemas of the contracts.", ids, sources)
    yield File(PATH, "\n".join([*head, "", *imports_of(body), "", "", body]) + "\n", target, ids, sources)


class _Writer:
    def __init__(self, model: Model, chosen: ContractNames) -> None:
        self.model = model
        self.chosen = chosen
        taken = {*chosen.components.values(), *chosen.bodies.values(), *chosen.queries.values()}
        nested = Nested(taken | names.RESERVED_CLASSES)
        self.objects = Objects(Annotator(model.schemas, chosen.components, nested))
        self.circular: set[str] = set()

    def body(self) -> str:
        """Classes first, then plain values, which may name them; classes find the values when they are completed."""
        values = [self._value(name) for name in self._value_order()]
        blocks = [*self._components(), *self._operations(), *self.objects.rest()]
        if values:
            blocks.append("\n".join(values))
        if self.objects.classes:
            loop = lines(tuple_of("for _schema in (", *self.objects.classes), 0, ":")
            blocks.append("\n".join([*loop, "    _schema.model_rebuild()"]))
        return "\n\n\n".join(blocks)

    def _components(self) -> Iterator[str]:
        for name in sorted(self.model.schemas):
            whole = schemas.resolved(self.model.schemas[name], self.model.schemas)
            if self._is_class(name):
                yield from self.objects.written(self.chosen.components[name], whole)

    def _is_class(self, name: str) -> bool:
        schema = self.model.schemas[name]
        if not isinstance(schema, Mapping) or schemas.component(schema) is not None:
            return False
        whole = schemas.resolved(schema, self.model.schemas)
        return schemas.is_object(whole) and not {"oneOf", "anyOf", "enum", "const"} & whole.keys()

    def _operations(self) -> Iterator[str]:
        for endpoint in schemas.contract_endpoints(self.model):
            if name := self.chosen.bodies.get(endpoint.operation_id):
                yield from self._body(name, endpoint)
            if name := self.chosen.queries.get(endpoint.operation_id):
                yield from self._query(name, endpoint)

    def _body(self, name: str, endpoint: Endpoint) -> Iterator[str]:
        whole = schemas.resolved(endpoint.request_schema, self.model.schemas)
        if schemas.is_object(whole) and not {"oneOf", "anyOf"} & whole.keys():
            yield from self.objects.written(name, whole)
        else:
            node = self.objects.annotator.annotation(endpoint.request_schema, f"{name} Value")
            yield from self.objects.rest()
            self.objects.classes.append(name)
            yield "\n".join([*head_of(name, "RootSchema", ""), "", *lines(after("root: ", node), 4)])

    def _query(self, name: str, endpoint: Endpoint) -> Iterator[str]:
        parameters = {p.name: _sensible(p) for p in schemas.query_parameters(endpoint)}
        needed = [p.name for p in schemas.query_parameters(endpoint) if p.required]
        schema = {"properties": parameters, "required": needed, "additionalProperties": False}
        yield from self.objects.written(name, schema, asked=True)

    def _value(self, name: str) -> str:
        schema = {} if name in self.circular else self.model.schemas[name]
        node = self.objects.annotator.annotation(schema, f"{name} Value")
        return "\n".join(lines(after(f"{self.chosen.components[name]} = ", node)))

    def _value_order(self) -> list[str]:
        """Components that are no classes, each after those it names; one that closes a circle is anything."""
        ordered: list[str] = []
        values = {name for name in self.model.schemas if not self._is_class(name)}
        for name in sorted(values):
            self._visit(name, values, ordered, ())
        return ordered

    def _visit(self, name: str, values: set[str], ordered: list[str], path: tuple[str, ...]) -> None:
        if name in ordered:
            return
        for other in sorted(_named(self.model.schemas[name]) & values):
            if other in (*path, name):
                self.circular.add(name)
            else:
                self._visit(other, values, ordered, (*path, name))
        ordered.append(name)


def _sensible(parameter: Parameter) -> Mapping[str, Any]:
    """A page size without bounds gets those of every other list."""
    schema = parameter.schema
    if naming.snake(parameter.name) in schemas.LIMIT_NAMES and schemas.kinds(schema) == ["integer"]:
        bounds = {key: value for key, value in schema.items() if key not in {"minimum", "maximum"}}
        low, high = schema.get("minimum"), schema.get("maximum")
        return {
            **bounds,
            "minimum": low if isinstance(low, int) else 1,
            "maximum": high if isinstance(high, int) else 100,
        }
    return schema


def _named(schema: Any) -> set[str]:
    """The components that a schema refers to, anywhere inside."""
    if isinstance(schema, Mapping):
        found = {name} if (name := schemas.component(schema)) is not None else set()
        return found.union(*map(_named, schema.values()))
    return set().union(*map(_named, schema)) if isinstance(schema, (list, tuple)) else set()
