"""Run a Postman collection against one service and report on every request and every check."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from flaresmith.kit.errors import Invalid, TooLarge
from flaresmith.providers.local.collections.script import Check, Reply
from flaresmith.providers.local.collections.script import run as run_script

_VARIABLE = re.compile(r"\{\{([^{}]{1,200})\}\}")
_DEEPEST_FOLDER = 20
_MOST_REQUESTS = 2_000
_OURS = {"host", "content-length", "transfer-encoding", "connection"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take: seconds per request and altogether, bytes of one answer."""

    request_s: float = 30.0
    run_s: float = 600.0
    answer_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a collection with the folders it is in and the lines of its test script."""

    folder: str
    name: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    script: tuple[str, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one request went: status 0 and `error` if there was no answer, `ms` until the last byte."""

    folder: str
    name: str
    method: str
    url: str
    status: int
    ms: float
    error: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How a run went; counts are of checks, and a request without an answer counts as one failed."""

    outcomes: tuple[Outcome, ...]
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return self.counts["failed"] == 0

    def to_json(self) -> dict[str, Any]:
        """The report as data."""
        return {"ok": self.ok, "seconds": self.seconds, **self.counts, "requests": [asdict(o) for o in self.outcomes]}


def requests_of(collection: Mapping[str, Any]) -> list[Request]:
    """Every request of a collection in its order; raises Invalid for what is no collection, TooLarge for too many."""
    found: list[Request] = []
    for request in _walk(collection.get("item"), "", 0):
        found.append(request)
        if len(found) > _MOST_REQUESTS:
            raise TooLarge(f"The collection has more than {_MOST_REQUESTS} requests.")
    return found


async def run(
    collection: Mapping[str, Any],
    *,
    base_url: str,
    environment: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Report:
    """Send every request in order to `base_url` and nowhere else, follow no redirect, and check the answers."""
    limits = limits or Limits()
    requests = requests_of(collection)
    variables = {**_variables(collection), **(environment or {}), "baseUrl": base_url.rstrip("/")}
    started = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=limits.request_s)
    outcomes = []
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        for request in requests:
            late = time.monotonic() - started > limits.run_s
            given = _late(request) if late else request
            outcomes.append(await _send(session, given, URL(base_url), variables, limits))
    return Report(tuple(outcomes), round(time.monotonic() - started, 3), _count(outcomes))


async def _send(
    session: aiohttp.ClientSession, request: Request, base: URL, variables: dict[str, str], limits: Limits
) -> Outcome:
    started = time.monotonic()
    url = _filled(request.url, variables)
    status, error, checks = 0, request.trouble, tuple[Check, ...]()
    if not error:
        try:
            address = _address(url, base)
            reply = await _exchange(session, request, address, variables, limits)
            status, checks = reply.status, tuple(run_script(request.script, reply, variables))
        except (aiohttp.ClientError, OSError, TimeoutError, Invalid, TooLarge, ValueError) as problem:
            error = str(problem) or type(problem).__name__
    if error:
        checks = tuple(Check(line.strip()[:200], "not run here", error) for line in request.script if line.strip())
    ms = round((time.monotonic() - started) * 1000, 1)
    return Outcome(request.folder, request.name, request.method, url, status, ms, error, checks)


async def _exchange(
    session: aiohttp.ClientSession, request: Request, address: URL, variables: Mapping[str, str], limits: Limits
) -> Reply:
    headers = {name: _filled(value, variables) for name, value in request.headers}
    body = _filled(request.body, variables).encode() if request.body is not None else None
    async with session.request(
        request.method, address, headers=headers, data=body, allow_redirects=False, max_line_size=16_384
    ) as answer:
        content = await answer.content.read(limits.answer_bytes + 1) if answer.content else b""
        while len(content) <= limits.answer_bytes and (more := await answer.content.read(limits.answer_bytes)):
            content += more
        if len(content) > limits.answer_bytes:
            raise TooLarge(f"the answer is larger than {limits.answer_bytes} bytes")
        return Reply(answer.status, content)


def _address(url: str, base: URL) -> URL:
    """The address if it is one of the service under test; a collection reaches nothing else."""
    address = URL(url)
    if address.origin() != base.origin() or address.user or address.password:
        raise Invalid("this address is not part of the service: it is not called")
    return address


def _walk(items: Any, folder: str, depth: int) -> Iterator[Request]:
    if not isinstance(items, list) or depth > _DEEPEST_FOLDER:
        raise Invalid("The collection has no list of items, or its folders are nested too deep.")
    for item in items:
        if not isinstance(item, dict):
            raise Invalid("An item of the collection is neither a folder nor a request.")
        name = str(item.get("name", ""))
        if "item" in item:
            yield from _walk(item["item"], f"{folder}/{name}".lstrip("/"), depth + 1)
        else:
            yield _request(item, name, folder)


def _request(item: Mapping[str, Any], name: str, folder: str) -> Request:
    request = item.get("request")
    if not isinstance(request, dict):
        raise Invalid(f"The item {name!r} has no request.")
    url, body = request.get("url", ""), request.get("body") or {}
    raw = url.get("raw", "") if isinstance(url, dict) else url
    mode = body.get("mode", "raw") if isinstance(body, dict) else "unknown"
    headers = tuple(
        (str(header.get("key")), str(header.get("value", "")))
        for header in request.get("header") or ()
        if isinstance(header, dict) and not header.get("disabled") and str(header.get("key")).lower() not in _OURS
    )
    return Request(
        folder,
        name,
        str(request.get("method", "GET")).upper()[:20],
        str(raw),
        headers,
        str(body["raw"]) if mode == "raw" and "raw" in body else None,
        tuple(_script(item)),
        "" if mode == "raw" else f"a body of kind {mode!r} is not sent here",
    )


def _script(item: Mapping[str, Any]) -> Iterator[str]:
    for event in item.get("event") or ():
        script = event.get("script") if isinstance(event, dict) else None
        if isinstance(script, dict):
            lines = script.get("exec") or ()
            prefix = "" if event.get("listen") == "test" else f"[{event.get('listen')}] "
            for line in lines.splitlines() if isinstance(lines, str) else map(str, lines):
                yield f"{prefix}{line}"


def _late(request: Request) -> Request:
    return Request(
        request.folder, request.name, request.method, request.url, (), None, request.script, "the run took too long"
    )


def _variables(collection: Mapping[str, Any]) -> dict[str, str]:
    found = collection.get("variable")
    variables = found if isinstance(found, list) else []
    return {str(v["key"]): str(v.get("value", "")) for v in variables if isinstance(v, dict) and "key" in v}


def _filled(text: str, variables: Mapping[str, str]) -> str:
    """The text with `{{name}}` replaced; what is not known stays as it is."""

    def value(match: re.Match[str]) -> str:
        if match[1] == "$guid":
            return str(uuid.uuid4())
        if match[1] == "$timestamp":
            return str(int(time.time()))
        return variables.get(match[1], match[0])

    return _VARIABLE.sub(value, text)


def _count(outcomes: list[Outcome]) -> dict[str, int]:
    checks = [check.outcome for outcome in outcomes for check in outcome.checks]
    unanswered = sum(1 for outcome in outcomes if outcome.error)
    return {
        "passed": checks.count("passed"),
        "failed": checks.count("failed") + unanswered,
        "not_run": checks.count("not run here"),
    }
