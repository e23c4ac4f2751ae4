"""The guide to the library shows a program that runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_program_of_the_guide_runs(tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/guide/library.md").read_text(), re.DOTALL)
    assert found
    (tmp_path / "specs").symlink_to(ROOT / "examples/tool-library/specs")
    done = subprocess.run([sys.executable, "-c", found.group(1)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "contracts/openapi.json" in done.stdout
    assert done.stdout.splitlines()[-1] == "clean"
