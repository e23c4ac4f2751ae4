"""What a new version of the specs takes away from those who use the old one: breaking changes, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Diagnostic, Endpoint, Entity, Model, Parameter, Response, Severity, Source

_PREFIX = "#/components/schemas/"
_WIDER = frozenset((("integer", "number"),))  # a reader of the first accepts what sends the second: requests only
MAX_DEPTH = 8


def breaking_changes(before: Model, after: Model) -> tuple[Diagnostic, ...]:
    """Each change by which a caller of the version before fails: endpoints, parameters, bodies, entities, tools."""
    return tuple(_Comparison(before, after).found())


class _Comparison:
    def __init__(self, before: Model, after: Model) -> None:
        self._before, self._after = before, after

    def found(self) -> Iterator[Diagnostic]:
        """Endpoints first, then entities, then tools."""
        new = {_shape(endpoint): endpoint for endpoint in self._after.endpoints}
        for old in self._before.endpoints:
            endpoint = new.get(_shape(old))
            if endpoint is None:
                yield self._gone(
                    "breaking-endpoint-removed",
                    f"{old.method} {old.path} is gone",
                    old.source,
                    "keep it, and mark it deprecated",
                )
            else:
                yield from self._endpoint(old, endpoint)
        yield from self._entities()
        yield from self._tools()

    def _gone(self, rule: str, message: str, old: Source, hint: str) -> Diagnostic:
        """What is no longer there is told where it stood, if that file still is."""
        files = {feature.source.file for feature in self._after.features}
        files |= {contract.source.file for feature in self._after.features for contract in feature.contracts}
        source = old if old.file in files else Source(old.file, 1)
        return Diagnostic(rule, Severity.WARNING, message, source, hint)

    def _endpoint(self, old: Endpoint, new: Endpoint) -> Iterator[Diagnostic]:
        name = f"{new.method} {new.path}"
        yield from _parameters(name, old, new)
        yield from self._request(name, old, new)
        replies = {reply.status: reply for reply in new.responses}
        for reply in old.responses:
            if reply.status in replies:
                yield from self._reply(name, reply, replies[reply.status], new.source)
            elif reply.status.startswith("2") and new.responses:
                yield Diagnostic(
                    "breaking-response-removed",
                    Severity.WARNING,
                    f"{name} no longer answers {reply.status}",
                    new.source,
                    "keep the status that callers wait for",
                )

    def _request(self, name: str, old: Endpoint, new: Endpoint) -> Iterator[Diagnostic]:
        if new.request_schema is None:
            return
        if old.request_schema is None:
            if new.request_required:
                yield _required(name, "a request body", new.source)
            return
        before, after = self._schemas(old.request_schema, new.request_schema)
        yield from self._sent(name, before, after, new.source, "", 0)

    def _reply(self, name: str, old: Response, new: Response, source: Source) -> Iterator[Diagnostic]:
        if old.schema is None or new.schema is None:
            return
        before, after = self._schemas(old.schema, new.schema)
        yield from self._got(name, before, after, source, "", 0)

    def _schemas(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return _followed(old, self._before.schemas), _followed(new, self._after.schemas)

    def _sent(
        self, name: str, old: Mapping[str, Any], new: Mapping[str, Any], source: Source, at: str, depth: int
    ) -> Iterator[Diagnostic]:
        """What a caller sends must still be accepted: nothing newly required, no narrower type, no value less."""
        if depth > MAX_DEPTH:
            return
        yield from _narrowed(name, old, new, source, at, sent=True)
        known = _properties(old)
        for field in sorted(_strings(new.get("required")) - _strings(old.get("required"))):
            yield _required(name, f"the field `{_join(at, field)}`", source)
        for field, inner in _properties(new).items():
            if field in known:
                yield from self._sent(name, *self._schemas(known[field], inner), source, _join(at, field), depth + 1)

    def _got(
        self, name: str, old: Mapping[str, Any], new: Mapping[str, Any], source: Source, at: str, depth: int
    ) -> Iterator[Diagnostic]:
        """What a caller reads must still be there, of the same type."""
        if depth > MAX_DEPTH:
            return
        yield from _narrowed(name, old, new, source, at, sent=False)
        fields = _properties(new)
        for field, inner in _properties(old).items():
            if field in fields:
                yield from self._got(name, *self._schemas(inner, fields[field]), source, _join(at, field), depth + 1)
            elif fields:
                yield Diagnostic(
                    "breaking-field-removed",
                    Severity.WARNING,
                    f"{name} no longer answers the field `{_join(at, field)}`",
                    source,
                    "keep it until nobody reads it any more",
                )
        if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
            yield from self._got(name, *self._schemas(old["items"], new["items"]), source, f"{at}[]", depth + 1)

    def _entities(self) -> Iterator[Diagnostic]:
        new = {naming.key(entity.name): entity for entity in self._after.tables}
        for old in self._before.tables:
            entity = new.get(naming.key(old.name))
            if entity is None:
                yield self._gone(
                    "breaking-entity-removed",
                    f"`{old.name}` is gone, and its rows with it",
                    old.source,
                    "keep it until its rows are moved",
                )
            else:
                yield from _fields(old, entity)

    def _tools(self) -> Iterator[Diagnostic]:
        new = {tool.name: tool for feature in self._after.features for tool in feature.tools}
        for feature in self._before.features:
            for old in feature.tools:
                tool = new.get(old.name)
                if tool is None:
                    yield self._gone(
                        "breaking-tool-removed",
                        f"the tool `{old.name}` is gone",
                        old.source,
                        "keep it, and say in its description what replaces it",
                    )
                    continue
                for field in sorted(
                    _strings(tool.input_schema.get("required")) - _strings(old.input_schema.get("required"))
                ):
                    yield _required(f"the tool `{tool.name}`", f"the input `{field}`", tool.source)


def _parameters(name: str, old: Endpoint, new: Endpoint) -> Iterator[Diagnostic]:
    known = {_parameter_key(parameter): parameter for parameter in old.parameters}
    for parameter in new.parameters:
        before = known.get(_parameter_key(parameter))
        if parameter.location == "path" or not parameter.required:
            continue
        if before is None or not before.required:
            yield _required(name, f"the {parameter.location} parameter `{parameter.name}`", new.source)


def _required(name: str, what: str, source: Source) -> Diagnostic:
    return Diagnostic(
        "breaking-newly-required",
        Severity.WARNING,
        f"{name} now requires {what}, which nobody sends yet",
        source,
        "make it optional, or give it a default",
    )


def _narrowed(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], source: Source, at: str, *, sent: bool
) -> Iterator[Diagnostic]:
    before, after = _types(old), _types(new)
    lost = (before - after) if sent else (after - before)
    lost = {kind for kind in lost if not (sent and any((kind, wide) in _WIDER for wide in after))}
    where = f"`{at}`" if at else "the body"
    if before and after and lost:
        yield Diagnostic(
            "breaking-type-changed",
            Severity.WARNING,
            f"{name}: {where} was {'/'.join(sorted(before))} and is {'/'.join(sorted(after))}",
            source,
            "add a new field for the new type",
        )
        return
    values, now = _values(old), _values(new)
    gone = (values - now if values and now else set()) if sent else (now - values if values and now else set())
    if gone:
        verb = "no longer accepts" if sent else "may now answer"
        yield Diagnostic(
            "breaking-values-changed",
            Severity.WARNING,
            f"{name} {verb} {', '.join(f'`{value}`' for value in sorted(gone)[:6])} for {where}",
            source,
            "callers know the old values only",
        )


def _fields(old: Entity, new: Entity) -> Iterator[Diagnostic]:
    fields = {naming.snake(field.name): field for field in new.fields}
    for field in old.fields:
        now = fields.get(naming.snake(field.name))
        if now is None:
            yield Diagnostic(
                "breaking-field-removed",
                Severity.WARNING,
                f"`{new.name}.{field.name}` is gone, and what it holds with it",
                new.source,
                "keep it until nobody reads it any more; a new name is a new field",
            )
        elif field.type.values and now.type.values and (gone := set(field.type.values) - set(now.type.values)):
            yield Diagnostic(
                "breaking-values-changed",
                Severity.WARNING,
                f"`{new.name}.{now.name}` no longer allows {', '.join(f'`{value}`' for value in sorted(gone)[:6])}",
                now.source,
                "say what becomes of the rows that have these values",
            )
        elif field.type.kind is not now.type.kind and not (field.type.values or now.type.values):
            yield Diagnostic(
                "breaking-type-changed",
                Severity.WARNING,
                f"`{new.name}.{now.name}` was {field.type.kind} and is {now.type.kind}",
                now.source,
                "add a new field for the new type",
            )
    known = {naming.snake(field.name): field for field in old.fields}
    for field in new.fields:
        before = known.get(naming.snake(field.name))
        optional = not field.required or field.nullable or field.has_default or field.primary_key
        if not optional and (before is None or not before.required or before.nullable):
            yield _required(f"`{new.name}`", f"the field `{field.name}`", field.source)


def _followed(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(MAX_DEPTH):
        target = schema.get("$ref")
        found = schemas.get(target.removeprefix(_PREFIX)) if isinstance(target, str) else None
        if not isinstance(found, dict):
            return schema
        schema = found
    return schema


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return {name: inner for name, inner in found.items() if isinstance(inner, dict)} if isinstance(found, dict) else {}


def _types(schema: Mapping[str, Any]) -> set[str]:
    stated = schema.get("type")
    return {kind for kind in (stated if isinstance(stated, list) else [stated]) if isinstance(kind, str)}


def _values(schema: Mapping[str, Any]) -> set[str]:
    found = schema.get("enum")
    return {str(value) for value in found if value is not None} if isinstance(found, list) else set()


def _strings(value: Any) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(value, list | tuple) else set()


def _join(at: str, field: str) -> str:
    return f"{at}.{field}" if at else field


def _parameter_key(parameter: Parameter) -> tuple[str, str]:
    return parameter.name.lower() if parameter.location == "header" else parameter.name, parameter.location


def _shape(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.method, re.sub(r"\{[^{}]{1,100}\}", "{}", endpoint.path)
