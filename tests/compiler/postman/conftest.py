"""A service in memory that keeps the rules of a model, and a runner that knows only the published vocabulary."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flaresmith.compiler.model import Entity, Field, Kind, Model
from flaresmith.compiler.targets.postman import TARGET

LINES = (
    re.compile(r'pm\.test\("(?:[^"\\]|\\.)*", \(\) => pm\.response\.to\.have\.status\((\d{3})\)\);'),
    re.compile(
        r'pm\.test\("(?:[^"\\]|\\.)*", \(\) => '
        r'pm\.expect\(pm\.response\.json\(\)\)\.to\.have\.property\(("(?:[^"\\]|\\.)*")\)\);'
    ),
    re.compile(
        r'pm\.collectionVariables\.set\(("(?:[^"\\]|\\.)*"), '
        r'pm\.response\.json\(\)((?:\.[A-Za-z_$][\w$]*|\["(?:[^"\\]|\\.)*"\])+)\);'
    ),
)


class Service:
    """Answers the derived endpoints of a model as its specs say: references, unique values, life cycles."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rows: dict[str, dict[str, dict[str, Any]]] = {entity.name: {} for entity in model.entities}
        self.count = 0

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        for endpoint in self.model.endpoints:
            pattern = re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(endpoint.path))
            if endpoint.method == method and (match := re.fullmatch(pattern, path)):
                if not endpoint.entity:
                    return 501, {}
                entity = self.model.entity(endpoint.entity)
                assert entity
                return self.act(entity, endpoint.action, match.groups(), body)
        return 404, {}

    def act(self, entity: Entity, action: str, keys: tuple[str, ...], body: Any) -> tuple[int, Any]:
        rows = self.rows[entity.name]
        if action == "list":
            return 200, {"items": list(rows.values()), "hasMore": False, "nextCursor": None}
        if action == "create":
            return self.create(entity, body)
        row = rows.get(keys[0])
        if row is None:
            return 404, {}
        if action == "delete":
            return self.delete(entity, row)
        if action.startswith("transition:"):
            return self.move(entity, row, action.removeprefix("transition:"))
        if action in {"update", "replace"} and self.refused(entity, body, row):
            return 409, {}
        if action == "replace" and self.missing(entity, body):
            return 400, {}
        row.update(body or {})
        return 200, row

    def create(self, entity: Entity, body: dict[str, Any]) -> tuple[int, Any]:
        if self.missing(entity, body):
            return 400, {}
        if self.refused(entity, body, None):
            return 409, {}
        self.count += 1
        key = self.count if entity.primary_key[0].type.kind is Kind.BIGINT else str(uuid.UUID(int=self.count))
        row = {f.name: body.get(f.name, f.default if f.has_default else None) for f in entity.fields}
        row |= {"id": key}
        self.rows[entity.name][str(key)] = row
        return 201, row

    def missing(self, entity: Entity, body: dict[str, Any]) -> bool:
        free = {"id", "createdAt"}
        return any(f.required and not f.has_default and f.name not in {*body, *free} for f in entity.fields)

    def refused(self, entity: Entity, body: dict[str, Any], row: dict[str, Any] | None) -> bool:
        for field in entity.fields:
            value = body.get(field.name)
            if field.references and value is not None and str(value) not in self.rows[field.references.entity]:
                return True
            others = (r for r in self.rows[entity.name].values() if r is not row)
            if field.unique and value is not None and any(r[field.name] == value for r in others):
                return True
        return False

    def delete(self, entity: Entity, row: dict[str, Any]) -> tuple[int, Any]:
        pointing = [(o, f) for o in self.model.entities for f in o.fields if _names(f, entity)]
        if any(r[field.name] == row["id"] for other, field in pointing for r in self.rows[other.name].values()):
            return 409, {}
        del self.rows[entity.name][str(row["id"])]
        return 204, None

    def move(self, entity: Entity, row: dict[str, Any], trigger: str) -> tuple[int, Any]:
        for arrow in entity.transitions:
            if arrow.trigger == trigger and row[arrow.field] == arrow.before:
                row[arrow.field] = arrow.after
                return 200, row
        return 409, {}


def _names(field: Field, entity: Entity) -> bool:
    return field.references is not None and field.references.entity == entity.name


def run(collection: dict[str, Any], service: Service) -> Iterator[tuple[str, str]]:
    """Each failed check as (request, line); a line outside the vocabulary raises."""
    variables = {variable["key"]: variable["value"] for variable in collection["variable"]}
    variables["baseUrl"] = ""

    def filled(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda match: str(variables[match.group(1)]), text)

    for folder in collection["item"]:
        for item in folder["item"]:
            request = item["request"]
            raw = filled(request["body"]["raw"]) if "body" in request else None
            path = filled(request["url"]["raw"]).partition("?")[0]
            status, reply = service.answer(request["method"], path, raw and json.loads(raw))
            for line in item.get("event", [{"script": {"exec": []}}])[0]["script"]["exec"]:
                if not passes(line, status, reply, variables):
                    yield f"{request['method']} {path} {raw} -> {status}", line


def passes(line: str, status: int, reply: Any, variables: dict[str, Any]) -> bool:
    """Interpret one line."""
    expected, has, sets = (pattern.fullmatch(line) for pattern in LINES)
    if expected:
        return status == int(expected.group(1))
    if has:
        return isinstance(reply, dict) and json.loads(has.group(1)) in reply
    assert sets, f"not in the vocabulary: {line}"
    value = reply
    for dotted, quoted in re.findall(r'\.([A-Za-z_$][\w$]*)|\[("(?:[^"\\]|\\.)*")\]', sets.group(2)):
        value = value[dotted or json.loads(quoted)]
    variables[json.loads(sets.group(1))] = value
    return True


@pytest.fixture
def failures() -> Callable[[Model], list[tuple[str, str]]]:
    """Runs a model's base collection against a fresh service; nothing may be left behind."""

    def check(model: Model) -> list[tuple[str, str]]:
        service = Service(model)
        base = next(file for file in TARGET.emit(model) if "base" in file.path)
        found = list(run(json.loads(base.text), service))
        left = [(name, "left behind") for name, rows in service.rows.items() if rows]
        return found + left

    return check
