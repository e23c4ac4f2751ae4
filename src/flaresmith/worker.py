"""The engine door: runs the workflows of every feature until it is told to stop."""

from __future__ import annotations

import os
import signal
import threading

from flaresmith.kit import discover, observe, workflows
from flaresmith.kit.settings import settings


def run() -> None:
    """Take up what was in flight, then new work, until SIGTERM or SIGINT."""
    observe.configure_logs(settings().log_level)
    discover.load_models()
    list(discover.modules("workflows"))
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    workflows.launch()
    observe.up.labels("worker").set(1)
    observe.log().info("worker ready", pid=os.getpid())
    stop.wait()
    workflows.shutdown()
