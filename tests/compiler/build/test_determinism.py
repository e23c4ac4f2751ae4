"""The same specs are the same bytes, whatever the hash seed, locale, time zone, folder and order of files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "corpora" / "open"
WORLDS = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "4711", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kolkata", "PYTHONUTF8": "1"},
    {"PYTHONHASHSEED": "99", "LC_ALL": "POSIX", "TZ": "America/St_Johns", "PYTHONUTF8": "0"},
)
_BUILD = """
import hashlib, json, sys
from pathlib import Path
from flaresmith.compiler.build import build
from flaresmith.compiler.parse import to_json

def read(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

def sums(folder, turned):
    found = sorted(read(folder).items(), reverse=turned)
    made = build(dict(found), name=folder.name)
    texts = {file.path: file.text for file in made.files} | {"model": json.dumps(to_json(made.model))}
    texts["findings"] = repr(made.model.diagnostics)
    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in texts.items()}

turned, *folders = sys.argv[1:]
print(json.dumps({folder: sums(Path(folder), turned == "1") for folder in folders}))
"""


def sums(folders: list[Path], world: int, where: Path) -> dict[str, dict[str, str]]:
    """Folder → path → checksum, made by a process in one of the worlds."""
    command = [sys.executable, "-c", _BUILD, str(world % 2), *map(str, folders)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **WORLDS[world]}
    done = subprocess.run(
        command, cwd=where, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    made: dict[str, dict[str, str]] = json.loads(done.stdout)
    return made


def test_the_example_is_the_same_bytes_everywhere(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "tool-library" / "specs"
    made = [sums([folder], world, where) for world, where in enumerate((ROOT, tmp_path, Path("/")))]
    assert len(made[0][str(folder)]) > 100
    assert made[0] == made[1] == made[2]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the spec folders of others are not at {CORPUS}")
def test_specs_of_others_are_the_same_bytes_everywhere(tmp_path: Path) -> None:
    folders = sorted(path for path in CORPUS.iterdir() if path.is_dir())
    first, second = sums(folders, 0, ROOT), sums(folders, 1, tmp_path)
    differing = [(f, path) for f in first for path in first[f] if first[f][path] != second[f].get(path)]
    assert (differing, first.keys()) == ([], second.keys())
