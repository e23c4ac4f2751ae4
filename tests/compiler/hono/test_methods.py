"""Methods that Hono has no word for."""

from __future__ import annotations

import json
import re

from flaresmith.compiler.build import build

ANSWER = {"responses": {"200": {"description": "ok"}}}
GUARDED = {**ANSWER, "operationId": "peek", "security": [{"key": []}]}


def routes() -> str:
    """The module of routes of a contract with every method at one path."""
    operations = {method: {**ANSWER, "operationId": f"{method}It"} for method in ("get", "trace", "options", "delete")}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/x": {**operations, "head": GUARDED}},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    }
    files = {"001-x/spec.md": b"# Feature Specification: X\n", "001-x/contracts/x.json": json.dumps(document).encode()}
    made = build(files, name="X", targets=["hono"])
    return next(file.text for file in made.files if file.path.endswith("/routes/x.ts"))


def test_every_method_is_one_that_hono_has() -> None:
    called = set(re.findall(r"^routes\.(\w+)\(", routes(), re.M))
    assert called == {"get", "options", "delete", "on"}
    assert 'routes.on("TRACE", "/x"' in routes()


def test_head_stands_before_get_which_hono_would_ask_instead_and_lets_get_pass() -> None:
    code = routes()
    assert code.index("handlePeek)") < code.index("handleGetIt)")
    head = code[code.index("/** peek. */") : code.index("/** getIt. */") if "/** getIt. */" in code else None]
    assert head.count('c.req.method === "HEAD" ?') == head.count(": next()") == 2


def test_only_what_is_used_is_imported() -> None:
    assert "../operations.js" not in routes()
