"""Commands for the machine they run on: start a copy, stop it, look what is missing, serve one role; read specs."""

from __future__ import annotations

_HERE = "flaresmith.cli.local"
COMMANDS = {
    "This machine": {
        "up": f"{_HERE}.up:up",
        "down": f"{_HERE}.down:down",
        "doctor": f"{_HERE}.doctor:doctor",
        "serve": f"{_HERE}.serve:serve",
    },
    "Specs": {"spec": f"{_HERE}.spec:commands"},
    "The house": {"docs": f"{_HERE}.docs:commands"},
}
