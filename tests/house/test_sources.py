"""What every file of the house keeps to: a first sentence, the shape, the words, no secrets of the machine it is on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house.tree import PACKAGE, ROOT, kept_files, modules, name

SHAPE = {
    "__init__", "errors", "events", "invariants", "live", "models", "pages", "queries", "routes", "schemas",
    "service", "tools", "workflows",
}  # fmt: skip
VAGUE = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
READS_ENVIRONMENT = ("kit/settings.py", "kit/machine/", "cli/")
# Not configuration of ours: what a child process is given.
PASSES_ENVIRONMENT_ON = {
    "providers/local/code/git.py": "Git is found on the PATH",
    "providers/local/runtime/dependencies.py": "uv and pip keep their own settings, certificates and proxies",
    "providers/local/runtime/forkserver.py": "a forked service gets the environment of its order and nothing else",
    "providers/local/runtime/probe.py": "runs inside a sandbox, whose environment is not ours",
}
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK|NotImplementedError)\b|\bplaceholder implementation\b")

# A path of somebody's machine, or a private key. Written so that this file does not contain what it looks for.
_MACHINE = re.compile(
    "|".join((r"/" r"root/", r"/" r"work/(?:main|shared)", r"/" r"home/\w+/", r"/" r"Users/\w+/", r"/tmp/" r"boot"))
    + r"|BEGIN [A-Z ]*PRIVATE "
    r"KEY-----\s+\w{20}"
)
_TEXT = {".py", ".md", ".toml", ".txt", ".json", ".yaml", ".yml", ".js", ".css", ".html", ".sh", ".cfg", ".mako", ""}


@pytest.mark.parametrize("path", list(modules()), ids=name)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert len(said.split("\n\n")[0].split()) >= 3, "say in one sentence what this module is"
    assert said.split("\n\n")[0].rstrip().endswith((".", ":", "…")), "a sentence ends with a full stop"


def test_features_have_the_shape_and_nothing_else() -> None:
    for feature in sorted(path for path in (PACKAGE / "features").iterdir() if _has_code(path)):
        names = {path.stem for path in feature.iterdir() if path.name != "__pycache__"}
        assert names <= SHAPE, feature.name
        assert "__init__" in names, feature.name


def test_a_feature_says_what_it_owns_and_holds_no_code_in_its_front() -> None:
    for path in sorted((PACKAGE / "features").glob("*/__init__.py")):
        assert len(ast.parse(path.read_text()).body) == 1, f"{name(path)} is a docstring only"


def test_no_file_has_a_vague_name() -> None:
    for path in modules():
        parts = {*path.relative_to(PACKAGE).with_suffix("").parts}
        allowed = {"base"} if "compiler/targets" in name(path) else set()
        assert not (parts & VAGUE) - allowed, name(path)


def test_the_environment_is_read_in_few_places() -> None:
    readers = {name(path) for path in modules() if _reads_environment(path)}
    settings = re.compile(r"providers/\w+/(?:\w+/)*settings\.py")
    others = {path for path in readers if not path.startswith(READS_ENVIRONMENT) and not settings.fullmatch(path)}
    assert others == PASSES_ENVIRONMENT_ON.keys()


def test_only_the_kit_commits() -> None:
    """Nobody else opens, commits or rolls back a transaction, or makes an engine or sessions (architecture, `Tx`)."""
    words = {"commit", "rollback", "sessionmaker", "async_sessionmaker", "create_async_engine"}
    for path in modules():
        if name(path).startswith(("features/", "app.py", "worker.py", "gateway.py", "ui/")):
            called = {getattr(node.func, "attr", getattr(node.func, "id", "")) for node in _calls(path)}
            assert not called & words, name(path)


def test_nothing_is_unfinished() -> None:
    found = [name(path) for path in modules() if UNFINISHED.search(path.read_text("utf-8"))]
    assert [path for path in found if path != "compiler/naming.py"] == []


def test_files_stay_small_enough_to_read() -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > 500} == {}


def test_no_text_names_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in kept_files()
        if path.suffix in _TEXT and path.name != "uv.lock"
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if _MACHINE.search(line)
    ]
    assert found == []


def _has_code(path: Path) -> bool:
    return path.is_dir() and any(path.glob("*.py"))


def _reads_environment(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "putenv") and _is_os(node.value)
        for node in ast.walk(tree)
    )


def _is_os(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "os"


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
