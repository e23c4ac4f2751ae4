"""The seven files of the target: four collections and three environments."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import File, Model
from flaresmith.compiler.targets.postman.bodies import Bodies
from flaresmith.compiler.targets.postman.journey import CLEAN_UP, Folder, Journey
from flaresmith.compiler.targets.postman.requests import Requests
from flaresmith.compiler.wire import wire

BRAND = "Flaresmith"
ENVIRONMENTS = ("dev", "staging", "prod")
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_NAMESPACE = uuid.UUID("6c1f2f0e-93a5-5b8e-8a53-0f5d7c9f4f51")
_BASE_URL = "http://localhost:8000"


def emit(model: Model) -> Iterable[File]:
    """`postman/*.json` (001:FR-006, FR-029): stable ids, so that a later import replaces instead of adding."""
    everything = wire(model)
    journey = Journey(everything, Bodies(everything))
    requests = Requests(journey)
    folders = [(folder, [requests.item(stop) for stop in folder.stops]) for folder in journey.folders()]
    variables = _variables(model, requests)
    requirements = tuple(sorted({id_ for endpoint in model.endpoints for id_ in endpoint.requirements}))
    for environment in ("base", *ENVIRONMENTS):
        written = _collection(model, environment, folders, variables)
        path = f"postman/{environment}.postman_collection.json"
        yield File(path, pretty(written), "postman", requirements)
    for environment in ENVIRONMENTS:
        path = f"postman/{environment}.postman_environment.json"
        yield File(path, pretty(_environment(model, environment)), "postman")


def collection_name(product: str, environment: str) -> str:
    """The published naming: `Flaresmith Base - Shop`, `Flaresmith - Shop (dev)`."""
    return f"{BRAND} Base - {product}" if environment == "base" else f"{BRAND} - {product} ({environment})"


def _collection(
    model: Model, environment: str, folders: list[tuple[Folder, list[dict[str, Any]]]], variables: list[dict[str, Any]]
) -> dict[str, Any]:
    id_ = uuid.uuid5(_NAMESPACE, f"{model.name}/{environment}")
    return {
        "info": {
            "_postman_id": str(id_),
            "name": collection_name(model.name, environment),
            "description": "Run from top to bottom: every request finds what the ones before it made.",
            "schema": _SCHEMA,
        },
        "item": [_folder(folder, items, id_) for folder, items in folders],
        "variable": [*_given(environment), *variables],
    }


def _folder(folder: Folder, items: list[dict[str, Any]], collection: uuid.UUID) -> dict[str, Any]:
    id_ = str(uuid.uuid5(collection, f"folder {folder.name}"))
    keys = _distinct(f"{stop.endpoint.method} {stop.endpoint.path}" for stop in folder.stops)
    identified = [{"id": str(uuid.uuid5(collection, key)), **item} for key, item in zip(keys, items, strict=True)]
    about = "Removes what other folders needed, the last made first." if folder.name == CLEAN_UP else ""
    return {"id": id_, "name": folder.name} | ({"description": about} if about else {}) | {"item": identified}


def _distinct(keys: Iterable[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        yield key if seen[key] == 1 else f"{key} #{seen[key]}"


def _given(environment: str) -> list[dict[str, Any]]:
    return [{"key": "baseUrl", "value": _BASE_URL}, {"key": "environment", "value": environment}]


def _variables(model: Model, requests: Requests) -> list[dict[str, Any]]:
    names = [*(["token"] if any(e.security for e in model.endpoints) else []), *requests.variables]
    return [{"key": name, "value": ""} for name in names]


def _environment(model: Model, environment: str) -> dict[str, Any]:
    values = [
        {"key": "baseUrl", "value": _BASE_URL, "type": "default", "enabled": True},
        {"key": "environment", "value": environment, "type": "default", "enabled": True},
    ]
    if any(endpoint.security for endpoint in model.endpoints):
        values.append({"key": "token", "value": "", "type": "secret", "enabled": True})
    return {
        "id": str(uuid.uuid5(_NAMESPACE, f"{model.name}/environment/{environment}")),
        "name": collection_name(model.name, environment),
        "values": values,
        "_postman_variable_scope": "environment",
    }
