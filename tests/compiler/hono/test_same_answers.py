"""The Hono service answers as the FastAPI service does: the same random requests, valid and not, sent to both.

`DIFFERENTIAL_REQUESTS=2000 pytest tests/compiler/hono` sends more; `python -m benchmarks.differential` sends many.
"""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.compiler.contract_tests.test_contract_tests import contract_tests
from tests.make import node
from tests.make.differential import Comparison
from tests.make.twins import Twins, write

from flaresmith.compiler.model import Model
from flaresmith.compiler.targets.postman import TARGET as POSTMAN

REQUESTS = int(os.environ.get("DIFFERENTIAL_REQUESTS", "150"))


def test_both_pass_the_generated_contract_tests(library: Model, both: Twins, tmp_path: Path) -> None:
    both.empty()  # random requests leave rows behind that have the samples' values
    write(library, tmp_path, ("openapi", "tests"))
    addresses = [str(client.base_url).rstrip("/") for client in (both.python, both.typescript)]
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda address: contract_tests(tmp_path, address, EXAMPLES="4"), addresses))
    for done in runs:
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
        found = re.search(r"^(\d+) passed in", done.stdout, re.MULTILINE)
        assert found, "some were skipped"
        assert int(found.group(1)) > 200


def test_both_answer_the_same(library: Model, both: Twins) -> None:
    both.empty()
    comparison = Comparison(library, both.python, both.typescript, seed=20)
    differences = comparison.run(REQUESTS)
    assert "\n\n".join(map(str, differences[:10])) == ""
    assert comparison.sent >= REQUESTS
    assert {200, 201, 204, 400, 404, 409} <= comparison.statuses.keys()


def test_both_pass_the_generated_collection(library: Model, both: Twins, tmp_path: Path) -> None:
    collection = next(file for file in POSTMAN.emit(library) if file.path == "postman/base.postman_collection.json")
    (tmp_path / "collection.json").write_text(collection.text)
    for client in (both.python, both.typescript):
        address = str(client.base_url).rstrip("/")
        arguments = ["run", "collection.json", "--env-var", f"baseUrl={address}", "--reporters", "json"]
        done = node.run("newman/bin/newman.js", *arguments, "--reporter-json-export", "report.json", cwd=tmp_path)
        report = json.loads((tmp_path / "report.json").read_text())["run"]
        failed = [f"{f['source'].get('name')}: {f['error']['message']}" for f in report["failures"]]
        assert failed == []
        assert done.returncode == 0
        assert report["stats"]["assertions"]["total"] > 50


@pytest.mark.parametrize("path", ["/alive", "/health"])
def test_both_say_how_they_are(both: Twins, path: str) -> None:
    assert both.typescript.get(path).json() == both.python.get(path).json()
    assert both.typescript.get(path).json()["ok"] is True


def test_a_body_that_is_too_large_is_refused_by_both(both: Twins) -> None:
    body = json.dumps({"label": "x" * 1_100_000}).encode()
    chunks = [body[start : start + 65_536] for start in range(0, len(body), 65_536)]
    for client in (both.python, both.typescript):
        for content in (body, iter(chunks)):
            answer = client.post("/tags", content=content, headers={"content-type": "application/json"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "BODY_TOO_LARGE")
