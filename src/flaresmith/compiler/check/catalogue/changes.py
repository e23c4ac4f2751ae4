"""Rules about a new version: what those who use the old one would miss."""

from __future__ import annotations

from flaresmith.compiler.check.rules import WARNING, Example, Rule, api, changed, model, tools

_OK = (
    "responses: {'200': {description: ok, content: {application/json: {schema: {type: "
    "object, properties: {title: {type: string}}}}}}}"
)
_LIST = f"paths:\n  /books:\n    get:\n      operationId: listBooks\n      {_OK}\n"
_BOOK = "### Book\n- id (uuid, pk)\n- title (string)\n"


def _post(required: str, type_: str = "string") -> Example:
    schema = (
        f"{{type: object, required: [{required}], properties: {{title: {{type: {type_}}}, pages: {{type: integer}}}}}}"
    )
    body = f"requestBody: {{required: true, content: {{application/json: {{schema: {schema}}}}}}}"
    return api(
        f"paths:\n  /books:\n    post:\n      operationId: addBook\n      {body}\n"
        f"      responses: {{'201': {{description: ok}}}}\n"
    )


RULES = (
    Rule(
        "breaking-endpoint-removed",
        (WARNING,),
        "An endpoint is gone",
        "Whoever calls it gets 404 from the next release on.",
        "Keep it, and mark it deprecated, until nobody calls it.",
        changed(api(_LIST), api("paths: {}\n")),
        changed(api(_LIST), api(_LIST)),
    ),
    Rule(
        "breaking-newly-required",
        (WARNING,),
        "Something is required that nobody sends yet",
        "Requests that were good are refused with 422.",
        "Make it optional, or give it a default.",
        changed(_post("title"), _post("title, pages")),
        changed(_post("title, pages"), _post("title")),
    ),
    Rule(
        "breaking-type-changed",
        (WARNING,),
        "A type has changed",
        "What callers send or read is of the old type, and typed clients fail to compile.",
        "Add a new field for the new type.",
        changed(_post("title"), _post("title", "integer")),
        changed(_post("title"), _post("title")),
    ),
    Rule(
        "breaking-values-changed",
        (WARNING,),
        "Values of an enum have changed",
        "Requests with a value that is gone are refused, and callers that know only the old values meet a new one.",
        "Add values instead of replacing them, and say what becomes of rows that have an old one.",
        changed(model(f"{_BOOK}- state (enum: new|worn)\n"), model(f"{_BOOK}- state (enum: new|torn)\n")),
        changed(model(f"{_BOOK}- state (enum: new|worn)\n"), model(f"{_BOOK}- state (enum: new|worn|torn)\n")),
    ),
    Rule(
        "breaking-field-removed",
        (WARNING,),
        "A field is gone",
        "Its values are dropped with its column, and clients that read it find nothing. A new name is a new field.",
        "Keep it until nobody reads it.",
        changed(model(f"{_BOOK}- isbn (string)\n"), model(_BOOK)),
        changed(model(_BOOK), model(f"{_BOOK}- isbn (string, optional)\n")),
    ),
    Rule(
        "breaking-response-removed",
        (WARNING,),
        "A good answer has another status",
        "Clients that wait for the old status treat the new one as a failure.",
        "Keep the status that clients wait for.",
        changed(api(_LIST), api(_LIST.replace("'200'", "'206'"))),
        changed(api(_LIST), api(_LIST)),
    ),
    Rule(
        "breaking-entity-removed",
        (WARNING,),
        "A table is gone",
        "Its rows are dropped.",
        "Keep it until its rows are moved.",
        changed(model(f"{_BOOK}\n### Shelf\n- id (uuid, pk)\n- name (string)\n"), model(_BOOK)),
        changed(model(_BOOK), model(f"{_BOOK}\n### Shelf\n- id (uuid, pk)\n- name (string)\n")),
    ),
    Rule(
        "breaking-tool-removed",
        (WARNING,),
        "A tool is gone",
        "Prompts and agents that name it fail.",
        "Keep it, and say in its description what replaces it.",
        changed(
            tools(
                '[{"name": "find", "inputSchema": {"type": "object"}}, {"name": "lend", '
                '"inputSchema": {"type": "object"}}]'
            ),
            tools('[{"name": "find", "inputSchema": {"type": "object"}}]'),
        ),
        changed(
            tools('[{"name": "find", "inputSchema": {"type": "object"}}]'),
            tools('[{"name": "find", "inputSchema": {"type": "object"}}]'),
        ),
    ),
)
