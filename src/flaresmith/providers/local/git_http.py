"""Clone, fetch and push over HTTP: Git's smart protocol as an ASGI application over the local repositories."""

from __future__ import annotations

import asyncio
import contextlib
import re
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flaresmith.kit.errors import Invalid
from flaresmith.providers.local import names
from flaresmith.providers.local.code.git import start, stop
from flaresmith.providers.local.settings import LocalSettings

Authorize = Callable[[str, str, Mapping[str, str]], Awaitable[bool]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SERVICES = ("git-upload-pack", "git-receive-pack")

_PATH = re.compile(r"/([a-z0-9][a-z0-9._-]{0,99})\.git/(info/refs|git-upload-pack|git-receive-pack)")
_PROTOCOL = re.compile(r"version=[012]")
_CHUNK = 64 * 1024
_LARGEST_BODY = 512 * 1024 * 1024
_WAIT_FOR_SLOT_S = 20.0
_SILENCE_S = 120.0
_LONGEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class _Request:
    repository: str
    service: str
    advertise: bool
    headers: Mapping[str, str]


class _Refused(Exception):
    def __init__(self, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers


def create_app(
    authorize: Authorize, directory: Path | None = None, *, concurrency: int = 8
) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Serve `/<name>.git` of a folder of repositories (by default the local ones) to those who may have it.

    `authorize(name, service, headers)` says whether the sender of these headers (lower-case names) may read
    (`git-upload-pack`) or write (`git-receive-pack`); a refusal asks for a name and a password (401). At most
    `concurrency` processes of Git run at once; who waits longer than 20 s for one gets 503.
    """
    folder = directory or LocalSettings().directory / "repositories"
    slots = asyncio.Semaphore(concurrency)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"Git over HTTP cannot answer {scope['type']!r}")
        answer = _Answer(send)
        try:
            request = _understand(scope)
            if not await authorize(request.repository, request.service, request.headers):
                raise _Refused(401, "sign in to reach this repository", (b"www-authenticate", b'Basic realm="Git"'))
            async with _slot(slots):
                await _serve(folder, request, _Body(receive, request.headers), answer)
        except _Refused as refused:
            await answer.refuse(refused)
        except _Left:
            return

    return app


class _Left(ConnectionError):
    """The client went away in the middle."""


def _understand(scope: Scope) -> _Request:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    match = _PATH.fullmatch(path)
    if match is None:
        raise _Refused(404, "there is no such address")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    advertise = match[2] == "info/refs"
    if scope["method"] != ("GET" if advertise else "POST"):
        raise _Refused(405, "this method is not used here")
    service = scope["query_string"].decode("latin-1").removeprefix("service=") if advertise else match[2]
    if service not in SERVICES:
        raise _Refused(403, "only the smart protocol is spoken here")
    if not advertise and headers.get("content-type") != f"application/x-{service}-request":
        raise _Refused(415, "this is not a request of Git")
    return _Request(match[1], service, advertise, headers)


@contextlib.asynccontextmanager
async def _slot(slots: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        await asyncio.wait_for(slots.acquire(), _WAIT_FOR_SLOT_S)
    except TimeoutError:
        raise _Refused(503, "too many clones and pushes at once, try again", (b"retry-after", b"10")) from None
    try:
        yield
    finally:
        slots.release()


async def _serve(folder: Path, request: _Request, body: _Body, answer: _Answer) -> None:
    try:
        repository = folder / f"{names.checked(request.repository)}.git"
    except Invalid:
        raise _Refused(404, "there is no such repository") from None
    if not await asyncio.to_thread(repository.is_dir):
        raise _Refused(404, "there is no such repository")
    protocol = request.headers.get("git-protocol", "")
    extra = {"GIT_PROTOCOL": protocol} if _PROTOCOL.fullmatch(protocol) else {}
    advertise = ["--advertise-refs"] if request.advertise else []
    command = [request.service.removeprefix("git-"), "--stateless-rpc", *advertise, str(repository)]
    process = await start(repository, command, extra)
    try:
        await _converse(process, request, body, answer)
    finally:
        await stop(process)


async def _converse(process: asyncio.subprocess.Process, request: _Request, body: _Body, answer: _Answer) -> None:
    """Feed what arrives to Git while its answer flows back; the client's leaving ends both."""
    feeding = asyncio.create_task(_feed(process, None if request.advertise else body))
    tasks = [
        feeding,
        asyncio.create_task(_drain(process)),
        asyncio.create_task(_relay(process, request, answer, feeding)),
    ]
    try:
        async with asyncio.timeout(_LONGEST_S):
            await asyncio.gather(*tasks)
    except TimeoutError:
        raise _Refused(504, "Git did not answer in time") from None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _relay(
    process: asyncio.subprocess.Process, request: _Request, answer: _Answer, feeding: asyncio.Task[None]
) -> None:
    """Pass on what Git says, as it says it."""
    assert process.stdout is not None
    kind = "advertisement" if request.advertise else "result"
    await answer.start(f"application/x-{request.service}-{kind}")
    if request.advertise:
        await answer.write(_announcement(request))
    while chunk := await process.stdout.read(_CHUNK):
        await answer.write(chunk)
    await feeding
    await answer.finish()


async def _feed(process: asyncio.subprocess.Process, body: _Body | None) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        if body is not None:
            async for chunk in body:
                process.stdin.write(chunk)
                await process.stdin.drain()
        process.stdin.close()


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while await process.stderr.read(_CHUNK):
        pass


def _announcement(request: _Request) -> bytes:
    if request.headers.get("git-protocol", "") == "version=2" and request.service == "git-upload-pack":
        return b""
    line = f"# service={request.service}\n".encode()
    return b"%04x" % (len(line) + 4) + line + b"0000"


class _Body:
    """The request's body, unpacked when it came compressed, cut off when it grows past the limit."""

    def __init__(self, receive: Receive, headers: Mapping[str, str]) -> None:
        self._receive = receive
        encoding = headers.get("content-encoding", "identity")
        if encoding not in ("identity", "gzip", "x-gzip"):
            raise _Refused(415, "this encoding is not understood")
        self._unpack = None if encoding == "identity" else zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._size = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await asyncio.wait_for(self._receive(), _SILENCE_S)
            if message["type"] == "http.disconnect":
                raise _Left
            more = message.get("more_body", False)
            for chunk in self._unpacked(message.get("body", b"")):
                self._size += len(chunk)
                if self._size > _LARGEST_BODY:
                    raise _Refused(413, "this push is too large")
                yield chunk

    def _unpacked(self, data: bytes) -> list[bytes]:
        return [data] if self._unpack is None else list(_inflate(self._unpack, data))


def _inflate(unpack: Any, data: bytes) -> Any:
    while data:
        try:
            yield unpack.decompress(data, _CHUNK)
        except zlib.error:
            raise _Refused(400, "the compressed body is damaged") from None
        data = unpack.unconsumed_tail


class _Answer:
    """One HTTP answer, streamed; a refusal after its start ends the connection instead."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = False

    async def start(self, content_type: str) -> None:
        self._started = True
        headers = [(b"content-type", content_type.encode()), (b"cache-control", b"no-cache, no-store")]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def write(self, chunk: bytes) -> None:
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def finish(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def refuse(self, refused: _Refused) -> None:
        if self._started:
            raise ConnectionError(refused.text)
        body = f"{refused.text}\n".encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
        headers += refused.headers
        await self._send({"type": "http.response.start", "status": refused.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
