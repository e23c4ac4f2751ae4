"""Every import contract of `.importlinter` holds, and catches a violation planted in a copy of the package."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house.tree import PACKAGE, ROOT

CONFIG = ROOT / ".importlinter"
_LINT = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c(prog_name='lint-imports'))"

# contract, module that gets the line (made when it is not there), the line, what the report must name
PLANTED = [
    (
        "floors",
        "kit/clock.py",
        "import flaresmith.features.projects.queries",
        "flaresmith.kit is not allowed to import",
    ),
    (
        "floors",
        "providers/local/names.py",
        "import flaresmith.ui.text",
        "flaresmith.providers is not allowed to import",
    ),
    ("floors", "helpers.py", "", "helpers"),
    ("contexts", "features/identity/queries.py", "import flaresmith.features.projects.queries", "identity.queries"),
    ("contexts", "features/unheard_of/__init__.py", "", "unheard_of"),
    ("shape", "features/specs/queries.py", "import flaresmith.features.specs.service", "specs.queries"),
    ("shape", "features/specs/repository.py", "", "repository"),
    ("private", "features/specs/service.py", "import flaresmith.features.projects.models", "projects.models"),
    ("private", "features/deployments/live.py", "import flaresmith.features.projects.workflows", "projects.workflows"),
    ("private", "gateway.py", "import flaresmith.features.projects.models", "flaresmith.gateway"),
    ("inside", "features/projects/service/states.py", "import httpx", "httpx"),
    ("inside", "features/deployments/service.py", "import flaresmith.features.projects.live", "flaresmith.providers"),
    ("inside", "features/projects/queries.py", "import flaresmith.kit.http", "flaresmith.kit.http"),
    ("gates", "features/deployments/routes.py", "import sqlalchemy", "deployments.routes"),
    ("gates", "features/projects/pages.py", "import flaresmith.providers.local", "projects.pages"),
    ("providers", "providers/elsewhere/__init__.py", "import flaresmith.providers.local.disk", "elsewhere"),
    ("targets", "compiler/targets/zod/package.py", "import flaresmith.compiler.targets.openapi", "targets.zod"),
    ("pure", "compiler/samples.py", "import flaresmith.kit.clock", "flaresmith.kit.clock"),
    ("pure", "compiler/naming.py", "import time", "time"),
    ("engine", "worker.py", "import dbos", "flaresmith.worker"),
    ("engine", "kit/events.py", "def late() -> None:\n    import dbos", "flaresmith.kit.events"),
    ("remote", "cli/remote/plan.py", "import flaresmith.compiler.model", "flaresmith.compiler.model"),
    ("remote", "cli/changes.py", "import flaresmith.kit.tx", "cli.changes"),
    ("cycles", "kit/ids.py", "def late() -> None:\n    import flaresmith.kit.events", "in flaresmith.kit."),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, Python alone, where a violation can be planted."""
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copytree(PACKAGE, folder / "flaresmith", ignore=shutil.ignore_patterns("__pycache__", "static", "*.js"))
    return folder


@pytest.fixture
def planted(copy: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy with one violation, which is gone afterwards."""
    path, line = request.param
    file = copy / "flaresmith" / path
    before = file.read_text() if file.exists() else None
    made = None if file.parent.exists() else file.parent
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{before or ''}\n\n{line}\n")
    yield copy
    file.unlink() if before is None else file.write_text(before)
    if made is not None:
        shutil.rmtree(made)


def test_every_contract_holds() -> None:
    report = _lint(ROOT / "src")
    assert report.returncode == 0, report.stdout


def test_every_contract_is_tried() -> None:
    config = configparser.ConfigParser()
    config.read(CONFIG)
    contracts = {name.rpartition(":")[2] for name in config.sections() if ":contract:" in name}
    assert contracts == {contract for contract, *_ in PLANTED}


@pytest.mark.parametrize(
    ("contract", "planted", "named"),
    [(contract, (path, line), named) for contract, path, line, named in PLANTED],
    indirect=["planted"],
    ids=[f"{contract}-{path}" for contract, path, *_ in PLANTED],
)
def test_a_planted_violation_is_caught(contract: str, planted: Path, named: str) -> None:
    report = _lint(planted, "--contract", contract)
    assert report.returncode == 1, report.stdout
    assert named in report.stdout.partition("Broken contracts")[2], report.stdout


def _lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _LINT, "--config", str(CONFIG), "--no-cache", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
