"""The kind `collection`: a base collection with those of one environment, kept as files."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from flaresmith.kit.errors import Conflict, Invalid
from flaresmith.kit.machine import storage
from flaresmith.kit.resources import Call, Found
from flaresmith.providers.local import names
from flaresmith.providers.local.collections.runner import Report, requests_of
from flaresmith.providers.local.collections.runner import run as run_collection
from flaresmith.providers.local.disk import ReadBlob, checked_path

_SCHEMA = "schema.getpostman.com/json/collection/v2.1.0"
_LARGEST_FILE = 16 * 1024 * 1024


class CollectionKind:
    """Collections under one folder: each version of the files whole in a folder of its own, and `current.json` that
    names the version, the owner and the spec.

    `spec`: `name` (title for people), `files` (path to sha256), `environment`, `base_url`. The variable `baseUrl` of
    environment files is set to `base_url`.
    """

    name = "collection"
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, directory: Path, read_blob: ReadBlob) -> None:
        self._directory = directory
        self._read_blob = read_blob

    async def read(self, call: Call) -> Found | None:
        """The collection with its files, or None."""
        return await asyncio.to_thread(_found, self._place(call.name))

    async def create(self, call: Call) -> Found:
        """Keep the files; raises Invalid for one that is not a collection or environment of Postman."""
        found = await self.read(call)
        if found is not None and found.owner != call.owner:
            raise Conflict(f"The collection `{call.name}` belongs to another project.", hint="Choose another name.")
        if found is None or found.spec_hash != call.spec_hash:
            await self._keep(call)
            found = await self.read(call)
        assert found is not None
        return found

    async def update(self, call: Call, found: Found) -> Found:
        """Keep the new files in place of the old ones."""
        return await self.create(call)

    async def delete(self, call: Call) -> None:
        """Remove the collection; it disappears in one step."""
        place = self._place(call.name)
        found = await self.read(call)
        if found is not None and found.owner != call.owner:
            raise Conflict(f"The collection `{call.name}` belongs to another project.")
        if await asyncio.to_thread(place.exists):
            grave = place.with_name(f".{place.name}.{secrets.token_hex(6)}")
            await asyncio.to_thread(place.rename, grave)
            await asyncio.to_thread(shutil.rmtree, grave, True)

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        """Every collection by name."""
        places = await asyncio.to_thread(lambda: sorted(self._directory.glob("[!.]*")))
        found = [one for place in places if (one := await asyncio.to_thread(_found, place)) is not None]
        return [one for one in found if owner is None or one.owner == owner]

    async def read_file(self, name: str, path: str) -> bytes:
        """The content of one file of a collection."""
        place = self._place(name)
        version = orjson.loads(await asyncio.to_thread((place / "current.json").read_bytes))["version"]
        return await asyncio.to_thread((place / version / checked_path(path)).read_bytes)

    async def run(self, name: str, base_url: str) -> Report:
        """Send every request of the collection to the service at `base_url` and report (001:SC-005)."""
        current = orjson.loads(await asyncio.to_thread((self._place(name) / "current.json").read_bytes))
        documents = [orjson.loads(await self.read_file(name, path)) for path in current["files"]]
        collection: dict[str, Any] = next((each for each in documents if "item" in each), {"item": []})
        values: list[Any] = next((each["values"] for each in documents if isinstance(each.get("values"), list)), [])
        environment = {str(each["key"]): str(each.get("value", "")) for each in values if isinstance(each, dict)}
        return await run_collection(collection, base_url=base_url, environment=environment)

    def _place(self, name: str) -> Path:
        return self._directory / names.checked(name)

    async def _keep(self, call: Call) -> None:
        paths = sorted(map(checked_path, call.spec["files"]))
        contents = await asyncio.gather(*(self._read_blob(call.spec["files"][path]) for path in paths))
        base_url = _checked_url(call.spec["base_url"])
        files = {path: _prepared(path, content, base_url) for path, content in zip(paths, contents, strict=True)}
        await asyncio.to_thread(_write, self._place(call.name), call, files)
        await call.log(f"Collection `{call.name}`: {len(files)} files")


def _prepared(path: str, content: bytes, base_url: str) -> bytes:
    """The file as it is kept: an environment with the address filled in, a collection as it came."""
    if len(content) > _LARGEST_FILE:
        raise Invalid(f"{path} is larger than {_LARGEST_FILE >> 20} MiB.")
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{path} is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise Invalid(f"{path} is not a collection.")
    if isinstance(document.get("values"), list):
        return _with_address(document, base_url)
    info = document.get("info")
    if not isinstance(info, dict) or _SCHEMA not in str(info.get("schema")):
        raise Invalid(f"{path} is neither a Postman collection v2.1.0 nor an environment.")
    requests_of(document)
    return content


def _with_address(environment: dict[str, Any], base_url: str) -> bytes:
    others = [value for value in environment["values"] if isinstance(value, dict) and value.get("key") != "baseUrl"]
    environment["values"] = [{"key": "baseUrl", "value": base_url, "type": "default", "enabled": True}, *others]
    return orjson.dumps(environment, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _checked_url(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise Invalid(f"{url[:200]!r} is not the address of a service.")
    return url.rstrip("/")


def _write(place: Path, call: Call, files: Mapping[str, bytes]) -> None:
    """Write the files into a folder of their own, then name it as current, then drop the older ones."""
    version = f"v-{call.spec_hash[:16] or secrets.token_hex(8)}"
    storage.private_directory(place)
    half = place / f".{version}.{secrets.token_hex(4)}"
    try:
        for path, content in files.items():
            (half / path).parent.mkdir(parents=True, exist_ok=True)
            (half / path).write_bytes(content)
        shutil.rmtree(place / version, ignore_errors=True)
        half.mkdir(exist_ok=True)
        half.replace(place / version)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    current = {
        "version": version,
        "owner": names.checked_owner(call.owner),
        "spec_hash": call.spec_hash,
        "title": str(call.spec.get("name", call.name)),
        "environment": str(call.spec.get("environment", "")),
        "base_url": call.spec["base_url"],
        "files": sorted(files),
    }
    storage.write_private(place / "current.json", orjson.dumps(current, option=orjson.OPT_INDENT_2).decode())
    for old in place.iterdir():
        if old.is_dir() and old.name != version:
            shutil.rmtree(old, ignore_errors=True)


def _found(place: Path) -> Found | None:
    try:
        current = orjson.loads((place / "current.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    outputs = {name: current[name] for name in ("title", "environment", "base_url", "files")}
    outputs["path"] = str(place / current["version"])
    return Found(str(place), place.name, current["owner"], outputs, current["spec_hash"])
