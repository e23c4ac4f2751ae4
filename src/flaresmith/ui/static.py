"""The files that the browser loads: styles, modules, the mark; each under a name that carries its content's hash.

`/static/<name>.<hash>.<suffix>` never changes, so it is cached for ever; `url(name)` gives the address of today.
The browser modules come bundled with htmx from `static/dist` when the build hook made it from exactly these sources;
otherwise they are served one by one from `browser/`, and only htmx is missing. Pages work without any of it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PREFIX = "/static/"
_HERE = Path(__file__).parent
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to send: its public path, its bytes and the same bytes compressed."""

    path: str
    content_type: str
    body: bytes
    packed: bytes
    etag: str


class StaticFiles:
    """ASGI application that serves the assets; mount it at `/static`. Everything is in memory, nothing touches disk."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("static files are served over HTTP only")
        asset = _by_path().get(PREFIX + str(scope["path"]).rsplit(PREFIX, 1)[-1].removeprefix("/"))
        if scope["method"] not in ("GET", "HEAD"):
            await _reply(send, 405, [(b"allow", b"GET, HEAD")], b"")
        elif asset is None:
            await _reply(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], b"There is no such file.\n")
        else:
            await _send(send, asset, dict(scope["headers"]), head=scope["method"] == "HEAD")


def url(name: str) -> str:
    """The address of `app.css`, `logo.svg` or `app.js`, with today's content hash in it."""
    return _assets()[name].path


def scripts() -> tuple[str, ...]:
    """The addresses of the modules that a page loads, in order."""
    return (url("app.js"),)


def notice() -> str:
    """What is weaker than it should be about these files, in a sentence for `doctor`; empty when all is well."""
    if bundle_is_current():
        return ""
    return (
        "The browser bundle is missing or outdated: pages load plain modules, without htmx. "
        "Run `uv sync --reinstall-package flaresmith` while npm can reach its registry."
    )


def bundle_is_current() -> bool:
    """Whether `static/dist` was built from the browser modules that are here now."""
    return _manifest().get("inputs") == sources_hash(_HERE / "browser")


def sources_hash(folder: Path) -> str:
    """Hex sha256 over the names and contents of a folder's `.js` files; the build hook computes the same."""
    digest = hashlib.sha256()
    for source in sorted(folder.glob("*.js")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


async def _send(send: Send, asset: Asset, headers: Mapping[bytes, bytes], *, head: bool) -> None:
    common = [
        (b"etag", asset.etag.encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if asset.etag.encode() in headers.get(b"if-none-match", b""):
        await _reply(send, 304, common, None)
        return
    pack = _accepts_gzip(headers.get(b"accept-encoding", b"").decode("latin-1"))
    body = asset.packed if pack else asset.body
    typed = [(b"content-type", asset.content_type.encode()), (b"content-length", str(len(body)).encode())]
    await _reply(send, 200, common + typed + ([(b"content-encoding", b"gzip")] if pack else []), b"" if head else body)


async def _reply(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes | None) -> None:
    sized = any(key == b"content-length" for key, _ in headers) or body is None
    length = [] if sized else [(b"content-length", str(len(body or b"")).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers + length})
    await send({"type": "http.response.body", "body": body or b""})


def _accepts_gzip(header: str) -> bool:
    for part in header.split(","):
        coding, _, quality = part.replace(" ", "").partition(";q=")
        if coding in ("gzip", "*") and quality not in ("0", "0.0", "0.00", "0.000"):
            return True
    return False


@cache
def _by_path() -> Mapping[str, Asset]:
    return {asset.path: asset for asset in _assets().values()}


@cache
def _assets() -> Mapping[str, Asset]:
    found = {
        "app.css": _named("app.css", _styles()),
        **{file.name: _named(file.name, file.read_bytes()) for file in (_HERE / "static").glob("*.svg")},
    }
    return found | (_bundle() if bundle_is_current() else _modules())


def _styles() -> bytes:
    """All style sheets as one, in the order of their names, without comments and spare spaces."""
    text = "\n".join(file.read_text("utf-8") for file in sorted((_HERE / "css").glob("*.css")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r";? ?([{};]) ?", r"\1", re.sub(r"([,:]) (?=[^)]*?[;}])", r"\1", text)).strip().encode()


def _bundle() -> dict[str, Asset]:
    name = str(_manifest()["app.js"])
    return {"app.js": _asset(PREFIX + name, (_HERE / "static" / "dist" / name).read_bytes())}


def _modules() -> dict[str, Asset]:
    """Each browser module under one folder whose name is the hash of them all, so that their imports stay relative."""
    folder = f"{PREFIX}modules-{sources_hash(_HERE / 'browser')[:12]}/"
    found = {file.name: _asset(folder + file.name, file.read_bytes()) for file in (_HERE / "browser").glob("*.js")}
    return found | {"app.js": found["main.js"]}


def _manifest() -> Mapping[str, Any]:
    try:
        content = json.loads((_HERE / "static" / "dist" / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _named(name: str, body: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    return _asset(f"{PREFIX}{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{suffix}", body)


def _asset(path: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:24]
    return Asset(path, _TYPES[Path(path).suffix], body, gzip.compress(body, 9, mtime=0), f'"{digest}"')


def all_assets() -> Iterable[Asset]:
    """Every file that is served."""
    return _by_path().values()
