"""Rules about operations and tools: whether they can be called, named, told apart and understood."""

from __future__ import annotations

from flaresmith.compiler.check.rules import INFO, WARNING, Example, Rule, api, tools

_OK = "responses: {'200': {description: ok, content: {application/json: {schema: {type: object}}}}}"
_BOOK = "### Book\n- id (uuid, pk)\n- title (string)\n"
_TOOL = '{"name": "find", "version": "1.0.0", "description": "Finds a book.", "inputSchema": {"type": "object"}'
_EXAMPLE = '"examples": [{"input": {}, "output": []}]'


def _operation(path: str, method: str, rest: str) -> str:
    return f"paths:\n  {path}:\n    {method}:\n      operationId: one\n      {rest}\n"


_REPORT = _operation("/reports/year", "get", _OK)
_GET_BOOK = _operation("/books/{id}", "get", _OK)
_REVIEWS = _operation("/books/{bookId}/reviews", "get", "responses: {}")
_SCHEME = "components: {securitySchemes: {bearer: {type: http, scheme: bearer}}}\n"
_ID = "parameters: [{name: id, in: path, required: true, schema: {type: string}}]"

RULES = (
    Rule(
        "operation-id-missing",
        (INFO,),
        "An operation has no `operationId`",
        "Generated functions, clients and tools are named after it. Without one the name is derived from the path, and "
        "changes when the path does.",
        "Add the id; the fix writes the one that is derived.",
        api(f"paths:\n  /books:\n    get:\n      {_OK}\n"),
        api(f"paths:\n  /books:\n    get:\n      operationId: listBooks\n      {_OK}\n"),
        fixable=True,
    ),
    Rule(
        "operation-id-doubled",
        (WARNING,),
        "Two operations have one `operationId`",
        "Each becomes a function. The second is numbered, and its callers do not know.",
        "Give each operation its own id.",
        api(f"paths:\n  /a:\n    get: {{operationId: one, {_OK}}}\n  /b:\n    get: {{operationId: one, {_OK}}}\n"),
        api(f"paths:\n  /a:\n    get: {{operationId: one, {_OK}}}\n  /b:\n    get: {{operationId: two, {_OK}}}\n"),
    ),
    Rule(
        "operation-needs-code",
        (INFO,),
        "An operation is yours to write",
        "It is no plain reading or writing of one entity, so only its frame is generated.",
        "Nothing is wrong. Name the entity in path and bodies if it should be plain.",
        Example(
            {
                "data-model.md": _BOOK,
                "contracts/openapi.yaml": f"openapi: 3.1.0\n{_REPORT}",
            }
        ),
        Example(
            {
                "data-model.md": _BOOK,
                "contracts/openapi.yaml": f"openapi: 3.1.0\n{_GET_BOOK}",
            }
        ),
    ),
    Rule(
        "operation-indirect",
        (INFO,),
        "An operation reaches its entity over another one",
        "The entity does not refer to the resource in the path; a third table ties them. The generated route joins.",
        "See what the route does with it; a reference of its own makes it a plain operation.",
        Example(
            {
                "data-model.md": f"{_BOOK}\n### Loan\n- id (uuid, pk)\n- bookId (uuid, fk → Book.id)\n\n### Review\n"
                f"- id (uuid, pk)\n- loanId (uuid, fk → Loan.id)\n- stars (integer)\n",
                "contracts/openapi.yaml": f"openapi: 3.1.0\n{_REVIEWS}",
            }
        ),
        Example(
            {
                "data-model.md": f"{_BOOK}\n### Review\n- id (uuid, pk)\n- bookId (uuid, fk → Book.id)\n"
                f"- stars (integer)\n",
                "contracts/openapi.yaml": f"openapi: 3.1.0\n{_REVIEWS}",
            }
        ),
    ),
    Rule(
        "route-doubled",
        (WARNING,),
        "Two contracts serve one route",
        "The first one answers, and the second is never called.",
        "Change the path of one of them.",
        Example(
            {
                f"contracts/{n}.yaml": f"openapi: 3.1.0\npaths:\n  /a/{{{n}}}:\n    get: {{operationId: {n}, {_OK}}}\n"
                for n in ("x", "y")
            }
        ),
        Example(
            {
                f"contracts/{n}.yaml": f"openapi: 3.1.0\npaths:\n  /{n}/{{id}}:\n    get: {{operationId: {n}, {_OK}}}\n"
                for n in ("x", "y")
            }
        ),
    ),
    Rule(
        "path-parameter-undeclared",
        (WARNING,),
        "A parameter of the path is not declared",
        "OpenAPI demands it, and other tools refuse the document. Here it is read as a text.",
        "Declare it; the fix does.",
        api(_operation("/books/{id}", "get", _OK)),
        api(
            _operation(
                "/books/{id}",
                "get",
                f"{_ID}\n      {_OK}",
            )
        ),
        fixable=True,
    ),
    Rule(
        "path-parameter-unused",
        (WARNING,),
        "A declared path parameter is not in the path",
        "No caller can send it.",
        "Put it into the path, or declare it `in: query`.",
        api(
            _operation(
                "/books",
                "get",
                f"{_ID}\n      {_OK}",
            )
        ),
        api(
            _operation(
                "/books/{id}",
                "get",
                f"{_ID}\n      {_OK}",
            )
        ),
    ),
    Rule(
        "response-without-schema",
        (INFO,),
        "A reading operation does not say what it answers",
        "Its clients get a value without a type.",
        "Add `content: {application/json: {schema: …}}` to the response.",
        api(_operation("/books", "get", "responses: {'200': {description: ok}}")),
        api(_operation("/books", "get", _OK)),
    ),
    Rule(
        "no-success-response",
        (WARNING,),
        "An operation only says how it fails",
        "Nobody can tell what a good answer looks like.",
        "Add the 2xx response.",
        api(_operation("/books", "get", "responses: {'404': {description: none}}")),
        api(_operation("/books", "get", _OK)),
    ),
    Rule(
        "unknown-status",
        (INFO,),
        "A response has a status that HTTP does not define",
        "Proxies and clients treat it as they please.",
        "Use a registered status, or a range such as `4XX`.",
        api(_operation("/books", "get", f"{_OK[:-1]}, '499': {{description: odd}}}}")),
        api(_operation("/books", "get", f"{_OK[:-1]}, '404': {{description: none}}}}")),
    ),
    Rule(
        "body-of-get",
        (WARNING,),
        "A GET, HEAD or DELETE has a body",
        "HTTP gives it no meaning; many clients and proxies drop it.",
        "Send it as query parameters, or use POST.",
        api(
            _operation(
                "/books",
                "get",
                f"requestBody: {{content: {{application/json: {{schema: {{type: string}}}}}}}}\n      {_OK}",
            )
        ),
        api(
            _operation(
                "/books",
                "post",
                f"requestBody: {{content: {{application/json: {{schema: {{type: string}}}}}}}}\n      {_OK}",
            )
        ),
    ),
    Rule(
        "unknown-security-scheme",
        (WARNING,),
        "An operation asks for a security scheme that nobody defines",
        "No client knows how to sign in.",
        "Define it under `components.securitySchemes`.",
        api(_operation("/books", "get", f"security: [{{bearer: []}}]\n      {_OK}")),
        api(_operation("/books", "get", f"security: [{{bearer: []}}]\n      {_OK}") + _SCHEME),
    ),
    Rule(
        "mixed-path-styles",
        (INFO,),
        "Paths are written in two styles",
        "Callers must remember for each path how it is written.",
        "Write all paths in one style.",
        api(
            f"paths:\n  /new-books:\n    get: {{operationId: a, {_OK}}}\n  /old-books:\n"
            f"    get: {{operationId: b, {_OK}}}\n  /lost_books:\n    get: {{operationId: c, {_OK}}}\n"
        ),
        api(
            f"paths:\n  /new-books:\n    get: {{operationId: a, {_OK}}}\n  /old-books:\n"
            f"    get: {{operationId: b, {_OK}}}\n"
        ),
    ),
    Rule(
        "schema-unused",
        (INFO,),
        "A component schema is used by no operation",
        "It may be left over from an operation that is gone.",
        "Take it out, or use it.",
        api(_operation("/books", "get", _OK) + "components: {schemas: {Shelf: {type: object}}}\n"),
        api(
            _operation("/books", "get", _OK.replace("{type: object}", "{$ref: '#/components/schemas/Shelf'}"))
            + "components: {schemas: {Shelf: {type: object}}}\n"
        ),
    ),
    Rule(
        "tool-doubled",
        (WARNING,),
        "Two tools have one name",
        "A client that asks for the name gets one of them.",
        "Give each tool its own name.",
        tools(f"[{_TOOL}, {_EXAMPLE}}}, {_TOOL}, {_EXAMPLE}}}]"),
        tools(f"[{_TOOL}, {_EXAMPLE}}}]"),
    ),
    Rule(
        "tool-undescribed",
        (WARNING,),
        "A tool has no description",
        "A model chooses tools by their descriptions; one without is guessed from its name.",
        "Say in one sentence what it does and when to use it.",
        tools('[{"name": "find", "inputSchema": {"type": "object"}}]'),
        tools(f"[{_TOOL}, {_EXAMPLE}}}]"),
    ),
    Rule(
        "tool-without-example",
        (INFO,),
        "A tool has no example",
        "An example shows what schema and description leave open, and is a test at no cost.",
        'Add `"examples": [{"input": …, "output": …}]`.',
        tools(f"[{_TOOL}}}]"),
        tools(f"[{_TOOL}, {_EXAMPLE}}}]"),
    ),
    Rule(
        "tool-unversioned",
        (INFO,),
        "A tool has no version",
        "Those who call it cannot tell when it changes.",
        'Add `"version": "1.0.0"` to it or to the whole file; the fix does.',
        tools('[{"name": "find", "description": "Finds a book.", "inputSchema": {"type": "object"}}]'),
        tools(f"[{_TOOL}, {_EXAMPLE}}}]"),
        fixable=True,
    ),
)
