"""Says `ok` from inside a sandbox in which Python starts, and writes nothing but its scratch folder."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    with tempfile.TemporaryFile(dir=os.environ["HOME"]):
        pass
    if Path("/srv/release/probe.py").exists() and not os.access(__file__, os.W_OK):
        sys.stdout.write("ok\n")
