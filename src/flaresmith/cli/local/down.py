"""`flaresmith down`: stop the copy that runs in a data directory."""

from __future__ import annotations

import os
import signal

from flaresmith import cli
from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine.home import Home
from flaresmith.kit.machine.process import wait_until

SECONDS = 90.0


def down(data: cli.Data = cli.DEFAULT_DATA, as_json: cli.AsJson = False) -> None:
    """Stop the copy that runs here, in good order; nothing to stop is fine."""
    home = Home(data)
    pid = home.supervisor()
    if pid:
        _stop(home, pid)
    if as_json:
        cli.print_json({"state": "stopped", "was_running": bool(pid), "data": str(home.path)})
    else:
        cli.out.print("Stopped." if pid else f"Nothing runs in {home.path}.", markup=False)


def _stop(home: Home, pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it ended by itself just now
    except PermissionError:
        raise Unavailable(f"Process {pid} belongs to another user.", hint="Stop it as that user, or as root.") from None
    if not wait_until(lambda: not home.supervisor(), SECONDS):
        raise Unavailable(f"Process {pid} has not stopped within {SECONDS:g} s.", hint=f"End it with `kill -9 {pid}`.")
