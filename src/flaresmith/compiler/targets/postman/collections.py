"""The seven files of the target: four collections and three environments."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from flaresmith.compiler.cache import remembered
from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import File, Model
from flaresmith.compiler.service import service
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.postman.bodies import Bodies
from flaresmith.compiler.targets.postman.journey import CLEAN_UP, Folder, Journey, Stop
from flaresmith.compiler.targets.postman.requests import Requests
from flaresmith.compiler.wire import wire

BRAND = "Flaresmith"
ENVIRONMENTS = ("dev", "staging", "prod")
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_NAMESPACE = "6c1f2f0e-93a5-5b8e-8a53-0f5d7c9f4f51"
_BASE_URL = "http://localhost:8000"


def emit(model: Model) -> Iterable[File]:
    """`postman/*.json` (001:FR-006, FR-029): stable ids, so that a later import replaces instead of adding."""
    everything = wire(model)
    journey = Journey(everything, service(model), Bodies(everything))
    requests = Requests(journey)
    made = _items(model, requests)
    folders = [(folder, [made(stop) for stop in folder.stops]) for folder in journey.folders()]
    variables = _variables(model, requests)
    requirements = tuple(sorted({id_ for endpoint in model.endpoints for id_ in endpoint.requirements}))
    for environment in ("base", *ENVIRONMENTS):
        written = _collection(model, environment, folders, variables)
        path = f"postman/{environment}.postman_collection.json"
        yield File(path, pretty(written), "postman", requirements)
    for environment in ENVIRONMENTS:
        path = f"postman/{environment}.postman_environment.json"
        yield File(path, pretty(_environment(model, environment)), "postman")


def _items(model: Model, requests: Requests) -> Callable[[Stop], dict[str, Any]]:
    """What writes the request of a stop: again only when something around its entity or the run has changed."""
    around = surroundings(model)
    run = remembered(("run",), tuple(requests.run()), object)

    def item(stop: Stop) -> dict[str, Any]:
        endpoint = stop.endpoint
        what = f"request {endpoint.method} {endpoint.path} {stop.status} {stop.captures}"
        made = partial(requests.apart, stop)
        written, variables = around.remembered(what, endpoint.entity, made, run) if endpoint.derived else made()
        requests.variables |= variables
        return written

    return item


def collection_name(product: str, environment: str) -> str:
    """The published naming: `Flaresmith Base - Shop`, `Flaresmith - Shop (dev)`."""
    return f"{BRAND} Base - {product}" if environment == "base" else f"{BRAND} - {product} ({environment})"


def _collection(
    model: Model, environment: str, folders: list[tuple[Folder, list[dict[str, Any]]]], variables: list[dict[str, Any]]
) -> dict[str, Any]:
    id_ = _id(_NAMESPACE, f"{model.name}/{environment}")
    return {
        "info": {
            "_postman_id": id_,
            "name": collection_name(model.name, environment),
            "description": "Run from top to bottom: every request finds what the ones before it made.",
            "schema": _SCHEMA,
        },
        "item": [_folder(folder, items, id_) for folder, items in folders],
        "variable": [*_given(environment), *variables],
    }


def _folder(folder: Folder, items: list[dict[str, Any]], collection: str) -> dict[str, Any]:
    id_ = _id(collection, f"folder {folder.name}")
    keys = _distinct(f"{stop.endpoint.method} {stop.endpoint.path}" for stop in folder.stops)
    identified = [{"id": _id(collection, key), **item} for key, item in zip(keys, items, strict=True)]
    about = "Removes what other folders needed, the last made first." if folder.name == CLEAN_UP else ""
    return {"id": id_, "name": folder.name} | ({"description": about} if about else {}) | {"item": identified}


def _id(namespace: str, name: str) -> str:
    """UUID version 5 as text; the standard library's class takes several times as long."""
    digest = bytearray(hashlib.sha1(bytes.fromhex(namespace.replace("-", "")) + name.encode()).digest()[:16])  # noqa: S324
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


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
        "id": _id(_NAMESPACE, f"{model.name}/environment/{environment}"),
        "name": collection_name(model.name, environment),
        "values": values,
        "_postman_variable_scope": "environment",
    }
