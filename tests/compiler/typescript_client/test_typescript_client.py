"""The package builds under `tsc --strict`, is formatted, and does on the wire what the contract says."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.compiler.clients.hostile import MARK, models
from tests.compiler.clients.node import run
from tests.compiler.clients.odd_contract import odd
from tests.compiler.clients.service import write

from flaresmith.compiler.model import Model
from flaresmith.compiler.targets.typescript_client import TARGET

HERE = Path(__file__).parent


def files(model: Model) -> dict[str, str]:
    """Every file by path."""
    return {file.path: file.text for file in TARGET.emit(model)}


def answers(package: Path, script: str, *argv: str) -> dict[str, Any]:
    """What a script that uses the package prints."""
    shutil.copy(HERE / script, package / script)
    done = run(script, *argv, cwd=package, seconds=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def wire(odd_package: Path) -> dict[str, Any]:
    return answers(odd_package, "wire.mjs")


def test_parameters_are_written_in_their_styles(wire: dict[str, Any]) -> None:
    query = "?q=a%26b%3Dc%20d&ids=1,2&pipes=x%7Cy%7Cz&filter[from]=1&filter[to]=2&class=d%22q&list=m&list=n"
    assert wire["styles"] == [query, "t", "session=s%3B1"]


def test_paths_hold_what_is_given_and_lead_nowhere_else(wire: dict[str, Any]) -> None:
    paths, refused = wire["paths"]
    assert paths == ["/base/points/1.5,-2", "/base/label/;ids=a,b%20c/..%2Fx", "/base/label/.a.b"]
    assert refused == ["RangeError"] * 3


def test_forms_files_and_bytes(wire: dict[str, Any]) -> None:
    urlencoded = "application/x-www-form-urlencoded"
    assert wire["forms"] == [None, 2, "ä.bin", '{"a":1}', "hi", "user%20name=a%20b&tags=x&tags=y", urlencoded]
    assert wire["bytes"] == [True, "día"]


def test_a_refusal_is_an_error_that_says_why(wire: dict[str, Any]) -> None:
    names = [
        "BadRequest",
        "Unauthenticated",
        "PaymentNeeded",
        "Forbidden",
        "NotFound",
        "Conflict",
        "PreconditionFailed",
    ]
    statuses = [400, 401, 402, 403, 404, 409, 412, 422, 428, 500, 418]
    names += ["Invalid", "PreconditionNeeded", "ServerError", "ApiError"]
    for status, name in zip(statuses, names, strict=True):
        message = f"{status} SOME_CODE: No."
        assert wire["errors"][str(status)] == [name, status, "SOME_CODE", message, "r-1", 1, True]
    assert (wire["errors"]["html"], wire["errors"]["rfc"]) == ("404", "400 Why")
    assert wire["unexpected"] == ["UnexpectedAnswer"] * 2


def test_what_may_be_repeated_is_repeated(wire: dict[str, Any]) -> None:
    found = wire["repeats"]
    for status in ("503", "502", "504"):
        assert found[status] == [3, 1, "ServerError", 2, 1]
    assert found["broken"] == [3, 1, "ConnectionFailed", 2, 1]
    assert found["429"] == [3, 2, None, 2, 1]
    assert (found["said"], found["late"], found["own"]) == (2, ["TooManyRequests", 1], "mine")


def test_lists_are_walked(wire: dict[str, Any]) -> None:
    assert wire["lists"] == [3, [None, "2", "3"], ["cat"], [None, "2"]]


def test_conditions_tokens_and_time(wire: dict[str, Any]) -> None:
    assert wire["conditions"] == [200, '"1"', '"1"', "1", "NotModified"]
    assert wire["tokens"] == [["Bearer old", "Bearer new"], "?key=k", "Basic w6Q6Yg=="]
    assert wire["aborted"] == ["enough", 1, "TimedOut"]
    assert wire["promise"] == [True, True, True]


def test_the_client_of_the_example_uses_its_service(library: Path, address: str) -> None:
    found = answers(library, "service.mjs", address)
    assert found["found"] == [25, "12.50"]
    assert found["changed"] == ["Renamed", "good"]
    assert found["refused"] == [True, True, "RESOURCE_NOT_FOUND", True]
    assert found["deleted"] is None


USE = """
import { Client, type models } from "../dist/index.js";
export async function use(client: Client): Promise<void> {
  const tree: models.Tree = await client.points.point(1, 2);
  for await (const each of client.models.offsets({ limit: 2 })) tree.children = each.children ?? [];
  const reply = await client.files.download("x").raw();
  const status: number = reply.status;
  await client.points.point("one", status);
  await client.files.download();
  await client.searchingThings.search({ q: "x", class: "z" });
  const wrong: number = await client.files.download("x");
}
"""


def test_a_user_is_told_what_does_not_fit(odd_package: Path, modules: Path) -> None:
    (odd_package / "use").mkdir(exist_ok=True)
    (odd_package / "use/use.ts").write_text(USE)
    argv = ("--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom", "use/use.ts")
    done = run(modules / "typescript/bin/tsc", *argv, cwd=odd_package)
    lines = sorted(int(line.split("(")[1].split(",")[0]) for line in done.stdout.splitlines() if "error TS" in line)
    assert lines == [8, 9, 10, 11], done.stdout


def test_the_packages_are_formatted(odd_package: Path, library: Path, modules: Path) -> None:
    for package in (odd_package, library):
        listed = run(modules / "prettier/bin/prettier.cjs", "--list-different", "src", "*.json", cwd=package)
        assert (listed.stdout, listed.stderr) == ("", "")


def test_the_same_model_gives_the_same_bytes(shop: Model) -> None:
    assert files(shop) == files(replace(shop, diagnostics=()))


def test_a_change_to_one_entity_touches_only_its_modules(shop: Model) -> None:
    tool = next(entity for entity in shop.entities if entity.name == "Tool")
    grown = replace(tool, fields=(*tool.fields, replace(tool.fields[2], name="brand")))
    others = tuple(grown if entity.name == "Tool" else entity for entity in shop.entities)
    before, after = files(shop), files(replace(shop, entities=others))
    changed = {path.partition("src/")[2] for path in after if after[path] != before.get(path)}
    assert changed == {"models/tool.ts", "resources/tools.ts"}


def test_files_say_what_they_serve(shop: Model) -> None:
    made = {file.path.partition("src/")[2]: file for file in TARGET.emit(shop)}
    assert made["models/category.ts"].requirements == ("FR-001",)
    assert "// Requirements: FR-002\n" in made["resources/reports.ts"].text
    assert "Requirements: FR-002. */" in made["resources/reports.ts"].text


def test_a_model_without_operations_builds_all_the_same(modules: Path, tmp_path: Path) -> None:
    package = write(Model("Empty"), tmp_path, "typescript-client") / "clients/typescript"
    done = run(modules / "typescript/bin/tsc", "--noEmit", "-p", ".", cwd=package)
    assert (done.stdout, done.returncode) == ("", 0)


PARSE = """
import ts from "%s/typescript/lib/typescript.js";
import { readFileSync } from "node:fs";
const found = [];
for (const [n, text] of JSON.parse(readFileSync(process.argv[2], "utf8")).entries()) {
  const file = ts.createSourceFile(`${n}.ts`, text, ts.ScriptTarget.ES2022, true);
  for (const each of file.parseDiagnostics) found.push([n, ts.flattenDiagnosticMessageText(each.messageText, " ")]);
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === "%s") found.push([n, "a call"]);
    ts.forEachChild(node, visit);
  };
  visit(file);
}
console.log(JSON.stringify(found));
"""


def test_no_word_of_a_spec_becomes_code(modules: Path, tmp_path: Path) -> None:
    made: list[str] = []

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(model=models())
    def collect(model: Model) -> None:
        made.extend(text for path, text in files(model).items() if path.endswith(".ts") and "/runtime/" not in path)

    collect()
    (tmp_path / "made.json").write_text(json.dumps(made))
    (tmp_path / "parse.mjs").write_text(PARSE % (modules, MARK))
    done = run("parse.mjs", "made.json", cwd=tmp_path)
    assert done.stdout == "[]\n", (done.stderr, done.stdout[:500])
    assert all(text.encode() for text in made)


def test_the_odd_contract_has_every_operation() -> None:
    text = "".join(files(odd()).values())
    for operation in odd().endpoints:
        assert f"`{operation.method} {operation.path}`" in text
