"""Commands that speak HTTP to a copy of Flaresmith, here or elsewhere. They know the wire and nothing of the server."""

from __future__ import annotations

_HERE = "flaresmith.cli.remote"
COMMANDS = {
    "Projects": {
        "project": f"{_HERE}.project:commands",
        "plan": f"{_HERE}.plan:plan",
        "apply": f"{_HERE}.apply:apply",
    },
    "Looking": {
        "status": f"{_HERE}.status:status",
        "logs": f"{_HERE}.logs:logs",
        "open": f"{_HERE}.open:open_",
    },
}
