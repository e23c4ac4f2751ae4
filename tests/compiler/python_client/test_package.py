"""The package as a piece of Python: typed, formatted, stable, and never moved by what a spec says."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from tests.compiler.clients.hostile import MARK, models
from tests.compiler.clients.odd_contract import odd
from tests.compiler.clients.service import write

from flaresmith.compiler.model import Model
from flaresmith.compiler.targets.python_client import TARGET


def files(model: Model) -> dict[str, str]:
    """Every file by path."""
    return {file.path: file.text for file in TARGET.emit(model)}


def run(folder: Path, *argv: str) -> str:
    """What a checker says of the package; empty where it is content."""
    command = [sys.executable, "-m", *argv]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_package_is_formatted_and_without_faults(odd_folder: Path) -> None:
    assert run(odd_folder, "ruff", "format", "--no-cache", "--check", ".") == ""
    assert run(odd_folder, "ruff", "check", "--no-cache", ".") == ""


def test_the_package_is_strictly_typed(odd_folder: Path, tmp_path: Path) -> None:
    assert run(odd_folder, "mypy", "--strict", "--cache-dir", str(tmp_path), "src") == ""


USE = """
from decimal import Decimal
from odd_client import Client, models
def use(client: Client) -> None:
    tree: models.Tree = client.points.point(1.0, 2.0)
    for each in client.models.offsets.items(limit=2):
        found: models.Tree = each
    status: int = client.files.download.raw("x").status
    client.points.point("one", 2.0)
    client.files.download()
    models.Cat(kind="dog")
    number: int = client.files.download("x")
"""


def test_a_user_is_told_what_does_not_fit(odd_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    argv = ["mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "use.py")]
    command = [sys.executable, "-m", *argv]
    done = subprocess.run(command, cwd=odd_folder / "src", capture_output=True, text=True, timeout=120, check=False)
    wrong = sorted({int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line})
    assert wrong == [9, 10, 11, 12], done.stdout


def test_the_same_model_gives_the_same_bytes(shop: Model) -> None:
    assert files(shop) == files(replace(shop, diagnostics=()))


def test_a_change_to_one_entity_touches_only_its_modules(shop: Model) -> None:
    tool = next(entity for entity in shop.entities if entity.name == "Tool")
    grown = replace(tool, fields=(*tool.fields, replace(tool.fields[2], name="brand")))
    others = tuple(grown if entity.name == "Tool" else entity for entity in shop.entities)
    before, after = files(shop), files(replace(shop, entities=others))
    changed = {path.rpartition("client/")[2] for path in after if after[path] != before.get(path)}
    assert changed == {"models/tool.py", "resources/tools.py"}


def test_files_say_what_they_serve(shop: Model) -> None:
    made = {file.path.rpartition("client/")[2]: file for file in TARGET.emit(shop)}
    assert made["models/category.py"].requirements == ("FR-001",)
    assert made["resources/reports.py"].requirements == ("FR-002",)
    assert "Requirements: FR-002." in made["resources/reports.py"].text


def test_a_model_without_operations_is_a_package_all_the_same(tmp_path: Path) -> None:
    package = write(Model("Empty"), tmp_path, "python-client") / "clients/python"
    assert run(package, "ruff", "check", "--no-cache", ".") == ""
    done = subprocess.run([sys.executable, "-c", "import empty_client"], cwd=package / "src", timeout=60, check=False)
    assert done.returncode == 0


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=models())
def test_no_word_of_a_spec_becomes_code(model: Model) -> None:
    for path, text in files(model).items():
        text.encode()
        if path.endswith(".py"):
            used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            assert MARK not in used, path


def test_the_odd_contract_has_every_operation() -> None:
    text = "".join(files(odd()).values())
    for operation in odd().endpoints:
        assert f'"{operation.method}"' in text
        assert f"`{operation.method} {operation.path}`" in text
