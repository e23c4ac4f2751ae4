"""Server-sent events over the event log: `id:` lines, `Last-Event-ID`, heartbeats, and a last word when it ends."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

from fastapi import Request
from fastapi.responses import StreamingResponse

from flaresmith.kit.actor import Actor
from flaresmith.kit.asgi import is_number
from flaresmith.kit.errors import BadRequest
from flaresmith.kit.stream import tail


def last_event_id(request: Request) -> int:
    """The sequence number behind which to go on; 0 from the start. BadRequest for what is not a number."""
    given = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
    if not is_number(given) or len(given) > 18:
        raise BadRequest("Last-Event-ID is not a sequence number of this stream.")
    return int(given)


def event_stream(actor: Actor, stream_id: uuid.UUID, after: int) -> StreamingResponse:
    """The stream's events behind `after`, then new ones; ends with `event: end` when the stream is closed."""

    async def body() -> AsyncIterator[bytes]:
        yield b"retry: 2000\n\n"
        async for event in tail(actor, stream_id, after):
            yield b": alive\n\n" if event is None else event.to_sse()
        yield b"event: end\ndata: {}\n\n"

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(body(), media_type="text/event-stream", headers=headers)
