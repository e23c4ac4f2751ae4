"""The JSON API of a copy, spoken with the standard library alone: a command is over before a larger one is loaded."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from flaresmith import cli
from flaresmith.cli.remote.copy import Copy
from flaresmith.kit.errors import Problem, Unavailable, Upstream

PREFIX = "/api/v1"
CONNECT_S, ANSWER_S = 5.0, 180.0
MAX_ANSWER = 128 * 1024 * 1024
_PAGES = 50


class Refusal(Problem):
    """The server has refused."""

    def __init__(self, status: int, error: Mapping[str, Any], retry_after: str = "") -> None:
        hint = str(error.get("hint") or (f"Try again in {retry_after} s." if retry_after.isdigit() else ""))
        super().__init__(_message(status, error), hint=hint, details=error.get("details"))
        self.status = status  # type: ignore[misc]
        self.code = str(error.get("code") or "HTTP")  # type: ignore[misc]


class Api:
    """Requests to one copy. Each raises NothingRuns when nobody answers, and Refusal for what the server refuses."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy

    def get(self, path: str, **query: Any) -> Any:
        """`GET` a JSON value; None in `query` is left out."""
        return self._json("GET", _with_query(path, query))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """`POST` a JSON value."""
        return self._json("POST", path, body)

    def delete(self, path: str) -> Any:
        """`DELETE`."""
        return self._json("DELETE", path)

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """The items of every page."""
        cursor = None
        for _ in range(_PAGES):
            page = self.get(path, limit=100, cursor=cursor)
            yield from page["items"]
            cursor = page.get("nextCursor")
            if not cursor:
                return

    def _json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        with exchange(self.copy.api, method, path, self.copy.token, body=body) as response:
            try:
                data = response.read(MAX_ANSWER + 1)
            except (OSError, http.client.HTTPException) as error:
                message = f"The answer of {self.copy.api} broke off: {_words(error)}."
                raise Unavailable(message, hint="Try again.") from None
            return _value(self.copy.api, response, data)


@contextlib.contextmanager
def exchange(
    base: str,
    method: str,
    path: str,
    token: str,
    *,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = ANSWER_S,
) -> Iterator[http.client.HTTPResponse]:
    """Send one request; gives the answer while the connection is open. Redirects are not followed."""
    parts = urlsplit(base)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port or (443 if secure else 80), timeout=CONNECT_S)
    sent = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Connection": "close", **(headers or {})}
    data = None if body is None else orjson.dumps(body)
    if data is not None:
        sent["Content-Type"] = "application/json"
    with contextlib.closing(connection):
        response = _answer(connection, (method, parts.path.rstrip("/") + PREFIX + path, data, sent), base, seconds)
        with contextlib.closing(response):
            yield response


def _answer(
    connection: http.client.HTTPConnection,
    order: tuple[str, str, bytes | None, Mapping[str, str]],
    base: str,
    seconds: float,
) -> http.client.HTTPResponse:
    try:
        connection.connect()
        connection.sock.settimeout(seconds)
        connection.request(*order)
        return connection.getresponse()
    except TimeoutError:
        raise Unavailable(f"{base} has not answered within {seconds:g} s.", hint="`flaresmith status` tells.") from None
    except (OSError, http.client.HTTPException) as error:
        message = f"{base} does not answer: {_words(error)}."
        raise cli.NothingRuns(message, hint="`flaresmith status` shows what runs.") from None


def refusal(base: str, response: http.client.HTTPResponse, data: bytes) -> Problem:
    """The problem that an answer of 300 and above speaks of; Upstream when the answer is not of our server."""
    try:
        error = orjson.loads(data)["error"]
        return Refusal(response.status, dict(error), response.headers.get("retry-after", ""))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        message = f"{base} answered {response.status} {response.reason} without saying why."
        return Upstream(message, hint="Is this the address of Flaresmith's API?")


def segment(name: object) -> str:
    """A name as one part of a path."""
    return quote(str(name), safe="")


def _value(base: str, response: http.client.HTTPResponse, data: bytes) -> Any:
    if not 200 <= response.status < 300:
        raise refusal(base, response, data)
    if len(data) > MAX_ANSWER:
        raise Upstream(f"{base} answered with more than {MAX_ANSWER // 2**20} MiB.")
    try:
        return orjson.loads(data) if data else None
    except orjson.JSONDecodeError:
        raise Upstream(f"{base} did not answer in JSON.", hint="Is this the address of Flaresmith's API?") from None


def _with_query(path: str, query: Mapping[str, Any]) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def _message(status: int, error: Mapping[str, Any]) -> str:
    message = str(error.get("message") or f"The server refused ({status}).")
    details = error.get("details")
    issues = details.get("issues") if isinstance(details, Mapping) else None
    if not isinstance(issues, list):
        return message
    words = [
        f"{i.get('path', '')}: {i.get('message', '')}".removeprefix("body.") for i in issues if isinstance(i, dict)
    ]
    return f"{message} {'; '.join(words[:5])}" if words else message


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
