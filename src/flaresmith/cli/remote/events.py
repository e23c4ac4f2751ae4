"""The events of a run as they happen: server-sent events, taken up again where the connection broke."""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Iterator
from typing import Any

import orjson

from flaresmith import cli
from flaresmith.cli.remote.api import Refusal, exchange, refusal, segment
from flaresmith.cli.remote.copy import Copy
from flaresmith.kit.errors import Problem, Unavailable

SILENCE_S = 45.0  # the server says something every 15 s
PATIENCE_S = 120.0  # without any event, before a command gives up
FIRST_DELAY_S, LAST_DELAY_S = 0.2, 5.0
_LONGEST_LINE = 1024 * 1024

Event = dict[str, Any]


class StreamLost(Unavailable):
    """The connection to the run was lost. The run goes on without it."""

    code = "STREAM_LOST"


class _Ended(Exception):
    """The server has said that nothing more comes."""


def follow(copy: Copy, run_id: str, *, patience: float = PATIENCE_S) -> Iterator[Event]:
    """Every event of a run, once and in order, until the run has ended; StreamLost when nobody answers for long."""
    stream = _Stream(copy, run_id)
    attempt = 0
    while not stream.ended:
        try:
            for event in stream.read(SILENCE_S):
                attempt = 0
                yield event
        except Refusal as problem:
            if problem.status < 500 and problem.status != 429:
                raise
        except (Problem, OSError, http.client.HTTPException):
            pass  # the loop knows what to do
        if not stream.ended:
            if time.monotonic() - stream.heard > patience:
                raise StreamLost()
            time.sleep(min(stream.delay * 2**attempt, LAST_DELAY_S))
            attempt = min(attempt + 1, 10)


def so_far(copy: Copy, run_id: str, *, silence: float = 1.0) -> Iterator[Event]:
    """The events that a run has had: until the stream ends or is silent for some seconds."""
    try:
        yield from _Stream(copy, run_id).read(silence)
    except (TimeoutError, http.client.HTTPException, ConnectionError):
        return


class _Stream:
    """Where we are in a stream, over all connections to it."""

    def __init__(self, copy: Copy, run_id: str) -> None:
        self.copy, self.run_id = copy, run_id
        self.bases = list(dict.fromkeys(filter(None, (copy.orchestrator, copy.api))))
        self.last = 0
        self.delay = FIRST_DELAY_S
        self.heard = time.monotonic()
        self.ended = False

    def read(self, silence: float) -> Iterator[Event]:
        """The events of one connection, behind the last one seen. A connection that ends too early just ends."""
        with contextlib.ExitStack() as connection:
            response = self._connect(connection, silence)
            try:
                for event in _events(response, self):
                    seq = event.get("seq")
                    if isinstance(seq, int) and seq > self.last:
                        self.last = seq
                        yield event
            except _Ended:
                self.ended = True

    def _connect(self, connection: contextlib.ExitStack, silence: float) -> http.client.HTTPResponse:
        """Ask each role that streams in turn; stay with the one that answers."""
        for base in list(self.bases):
            try:
                return self._ask(connection, base, silence)
            except Problem as problem:
                last = problem
                self.bases.append(self.bases.pop(0))
                if problem.status in (401, 403):
                    break
        raise last

    def _ask(self, connection: contextlib.ExitStack, base: str, silence: float) -> http.client.HTTPResponse:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(self.last)}
        path = f"/runs/{segment(self.run_id)}/events"
        asked = exchange(base, "GET", path, self.copy.token, headers=headers, seconds=silence)
        response = connection.enter_context(asked)
        if response.status != 200:
            raise refusal(base, response, response.read(64 * 1024))
        return response


def _events(response: http.client.HTTPResponse, stream: _Stream) -> Iterator[Event]:
    """Server-sent events by the standard's rules: fields until an empty line; what is no JSON object is left out."""
    kind, data = "", list[str]()
    while line := response.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise http.client.LineTooLong("event")
        if line[:1] != b"r":  # every connection begins with `retry:`; that alone is no sign of life
            stream.heard = time.monotonic()
        field, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            kind = value
        elif field == "data":
            data.append(value)
        elif field == "retry" and value.isdigit():
            stream.delay = min(int(value[:9]) / 1000, LAST_DELAY_S)
        elif not field and not value and line.strip() == b"":
            if kind == "end":
                raise _Ended
            if (event := _object("\n".join(data))) is not None:
                yield event
            kind, data = "", []


def _object(text: str) -> Event | None:
    try:
        value = orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def plain_text(event: Event, key: str) -> str:
    """A text of an event that is safe to print; empty when it is not there."""
    value = event.get(key)
    return cli.plain(value) if isinstance(value, str) else ""
