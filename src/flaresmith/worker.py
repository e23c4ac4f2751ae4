"""The engine door: runs the workflows of every feature until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator

from flaresmith.kit import discover, observe, workflows
from flaresmith.kit.settings import settings


def run(listener: socket.socket | None = None) -> None:
    """Take up what was in flight, then new work, until SIGTERM or SIGINT; answer for health on `listener`."""
    observe.configure_logs(settings().log_level)
    discover.load_models()
    list(discover.modules("workflows"))
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    workflows.launch()
    with _answering(listener):
        observe.log().info("worker ready", pid=os.getpid())
        stop.wait()
    workflows.shutdown()


@contextlib.contextmanager
def _answering(listener: socket.socket | None) -> Iterator[None]:
    """Serve `/health`, `/alive` and `/metrics` beside the work, on a thread of their own."""
    if listener is None:
        yield
        return
    import uvicorn
    from fastapi import FastAPI

    from flaresmith.kit import asgi, tx

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    asgi.install_errors(app)
    asgi.health_routes("worker", {"database": tx.ping})(app)
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)
