"""The generated contract tests pass against the generated service, and fail where a service breaks its word."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.compiler.python.conftest import ran, write
from tests.compiler.python.odd_models import ODD, SHOP, SOURCE
from tests.compiler.python.test_contract import LIBRARY
from tests.compiler.python.test_service import served
from tests.compiler.python.test_widened import POST, SCHOOL, guarded
from tests.make.machine import copy_database, drop_database

from flaresmith.compiler.diff import next_migration, schema_operations
from flaresmith.compiler.model import Feature, Model, Scenario, Story
from flaresmith.compiler.parse import parse

SPECS = Path(__file__).parents[3] / "examples/tool-library/specs"


def example() -> Model:
    """The example, with the first revision of its database."""
    found = {p.relative_to(SPECS).as_posix(): p.read_bytes() for p in sorted(SPECS.rglob("*")) if p.is_file()}
    model = parse(found, name="Tool library")
    return replace(model, migrations=(next_migration((), schema_operations((), model.entities)),))


MODELS = {"example": example(), "shop": SHOP, "school": SCHOOL, "post": POST, "library": LIBRARY, "odd": ODD}


def write_all(model: Model, folder: Path) -> Path:
    """The service, its contract and the contract tests on disk; the folder of the service."""
    for name in ("openapi", "tests"):
        for file in importlib.import_module(f"flaresmith.compiler.targets.{name}").TARGET.emit(model):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    return write(model, folder)


def contract_tests(folder: Path, base_url: str, *argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A run of the contract tests against a base URL."""
    settings = {"PATH": os.environ["PATH"], "BASE_URL": base_url, "PYTHONDONTWRITEBYTECODE": "1", "EXAMPLES": "8"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "-rfEs", "--tb=short", *argv]
    return subprocess.run(
        command,
        cwd=folder / "tests/contract",
        env=settings | environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@pytest.fixture
def database(servers: dict[str, str]) -> Iterator[str]:
    """An empty database."""
    name = "contract_tests"
    yield copy_database(servers["postgres"], name, template="template0")
    drop_database(servers["postgres"], name)


@pytest.mark.parametrize("name", MODELS)
def test_they_pass_against_the_service(name: str, tmp_path: Path, database: str) -> None:
    api = write_all(MODELS[name], tmp_path)
    ran(api, database, "alembic", "upgrade", "head")
    with served(api, database) as client:
        done = contract_tests(tmp_path, str(client.base_url))
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
        again = contract_tests(tmp_path, str(client.base_url))
        assert again.returncode == 0, again.stdout[-5000:]


def test_what_demands_a_caller_is_skipped_aloud_without_a_credential(tmp_path: Path, database: str) -> None:
    api = write_all(guarded({"key": []}, {"oauth": ["read"]}), tmp_path)
    ran(api, database, "alembic", "upgrade", "head")
    with served(api, database, AUTH_TOKENS='{"t1": ["read"]}') as client:
        without = contract_tests(tmp_path, str(client.base_url))
        assert without.returncode == 0, without.stdout[-3000:]
        assert "AUTH_TOKEN is not set" in without.stdout
        given = contract_tests(tmp_path, str(client.base_url), AUTH_TOKEN="t1")
        assert given.returncode == 0, given.stdout[-3000:]
        assert "AUTH_TOKEN is not set" not in given.stdout


def test_without_an_address_nothing_is_tested(tmp_path: Path) -> None:
    write_all(SHOP, tmp_path)
    done = contract_tests(tmp_path, "")
    assert done.returncode == 4
    assert "BASE_URL" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "promise", "broken", "test"),
    [
        ("rows", 'wanted is None or wanted.strip() == "*"', "True", "refuses_a_stale_version"),
        ("rows", "if start in (before, None):", "if True:", "is_refused_from"),
        ("links", "where(~there)", "where(sa.false())", "and_removes_it_again"),
        ("listing", "place < end if descending", "place <= end if descending", "shows_every_row_once"),
        ("errors", '"retryPolicy": error.retry_policy,', "", "is_404"),
    ],
)
def test_a_service_that_breaks_its_word_fails(
    module: str, promise: str, broken: str, test: str, tmp_path: Path, database: str
) -> None:
    api = write_all(SCHOOL if module == "links" else SHOP, tmp_path)
    code = (api / f"app/{module}.py").read_text()
    assert promise in code
    (api / f"app/{module}.py").write_text(code.replace(promise, broken))
    ran(api, database, "alembic", "upgrade", "head")
    with served(api, database) as client:
        done = contract_tests(tmp_path, str(client.base_url), "--ignore=test_properties.py")
    assert done.returncode == 1
    assert test in "".join(line for line in done.stdout.splitlines() if line.startswith("FAILED"))


def scenario(text: str, then: str = "") -> Scenario:
    return Scenario(text, SOURCE, then=then)


def test_scenarios_that_name_an_operation_are_carried_out(tmp_path: Path, database: str) -> None:
    told = (
        scenario("**When** a client sends POST /authors, **Then** it answers 201 (FR-001)", "it answers 201 (FR-001)"),
        scenario("When GET /authors/{id} names nobody, then 404", "404"),
        scenario("When `POST /books` lacks a title, then 400", "400"),
        scenario("When POST /books has a title that another has, then 409", "409"),
        scenario("When GET `/books`, then they are listed"),
        scenario("Nothing is named here"),
    )
    feature = Feature("001-shop", "Shop", SOURCE, stories=(Story("1", "Sell", SOURCE, scenarios=told),))
    api = write_all(replace(SHOP, features=(feature,)), tmp_path)
    code = (tmp_path / "tests/contract/test_scenarios.py").read_text()
    assert code.count("def test_story_1_") == 5
    ran(api, database, "alembic", "upgrade", "head")
    with served(api, database) as client:
        done = contract_tests(tmp_path, str(client.base_url), "test_scenarios.py", "-v")
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("name", MODELS)
def test_the_code_is_clean_and_always_the_same(name: str, tmp_path: Path) -> None:
    target = importlib.import_module("flaresmith.compiler.targets.tests").TARGET
    assert list(target.emit(MODELS[name])) == list(target.emit(replace(MODELS[name])))
    write_all(MODELS[name], tmp_path)
    for argv in (("format", "--check", "."), ("check", "--no-cache", ".")):
        command = [sys.executable, "-m", "ruff", *argv]
        done = subprocess.run(command, cwd=tmp_path / "tests/contract", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]
