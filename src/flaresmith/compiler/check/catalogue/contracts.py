"""Rules about the files of contracts: what can be read in them, and what their references lead to."""

from __future__ import annotations

from flaresmith.compiler.check.rules import ERROR, INFO, WARNING, Example, Rule, api

_GOOD = "paths:\n  /books:\n    get: {operationId: listBooks}\n"

RULES = (
    Rule(
        "contract-unreadable",
        (ERROR,),
        "A contract cannot be read",
        "Generating from half of a contract would serve half of an API. What could be read is shown all the same.",
        "Correct the file at the place that is named.",
        Example({"contracts/openapi.yaml": "openapi: 3.1.0\npaths:\n  /books: [\n"}),
        api(_GOOD),
    ),
    Rule(
        "contract-repaired",
        (WARNING,),
        "A contract was read although its syntax is broken",
        "A colon in an unquoted text, a backtick or a last comma stops most tools. Here the meaning was plain.",
        "Quote the value; the fix does.",
        Example({"contracts/openapi.yaml": "openapi: 3.1.0\ninfo:\n  title: Books: all\npaths: {}\n"}),
        Example({"contracts/openapi.yaml": "openapi: 3.1.0\ninfo:\n  title: 'Books: all'\npaths: {}\n"}),
        fixable=True,
    ),
    Rule(
        "contract-not-read",
        (INFO,),
        "A file among the contracts is none that is read",
        "Nothing is generated from it. That may be right; it should not be a surprise.",
        "Describe its endpoints in `contracts/openapi.yaml`, or move the file elsewhere.",
        Example({"spec.md": "# Books\n", "contracts/cli.md": "# Commands\n\n`books list`\n"}),
        Example({"spec.md": "# Books\n", "contracts/openapi.yaml": f"openapi: 3.1.0\n{_GOOD}"}),
    ),
    Rule(
        "contract-foreign",
        (INFO,),
        "A contract describes what somebody else serves",
        "Its title says external, upstream, consumed or mock. Its endpoints are not generated as ours.",
        "Take that word out of the title where this product serves them itself.",
        Example({"contracts/api.md": "# External payment API\n### POST /charge\n"}),
        Example({"contracts/api.md": "# Payment API\n### POST /charge\n"}),
    ),
    Rule(
        "channels-not-generated",
        (INFO,),
        "Channels of AsyncAPI become no code",
        "Their messages become schemas; sending and receiving them is yours.",
        "Describe as HTTP endpoints what can be one.",
        Example({"contracts/events.yaml": "asyncapi: 3.0.0\nchannels:\n  sold: {}\n"}),
        api(_GOOD),
    ),
    Rule(
        "sample-not-read",
        (INFO,),
        "A sample is not JSON",
        "The body that it shows is left open.",
        "Write it as JSON, without `…` and comments.",
        Example({"contracts/books.md": "# Books\n### POST /books\n```json\n{title: …}\n```\n"}),
        Example({"contracts/books.md": '# Books\n### POST /books\n```json\n{"title": "x"}\n```\n'}),
    ),
    Rule(
        "openapi-version",
        (WARNING,),
        "A contract is of another version of OpenAPI",
        "OpenAPI 3.0 and 3.1 are read. Of Swagger 2.0 much stands in other places and is not found.",
        "Convert it to OpenAPI 3.1.",
        Example({"contracts/openapi.yaml": f'swagger: "2.0"\n{_GOOD}'}),
        api(_GOOD),
    ),
    Rule(
        "duplicate-key",
        (WARNING,),
        "A key stands twice in one mapping",
        "The last one counts, and the first is lost without a word from most tools.",
        "Keep one of them.",
        api("info: {title: A, version: '1'}\ninfo: {title: B, version: '1'}\npaths: {}\n"),
        api("info: {title: A, version: '1'}\npaths: {}\n"),
    ),
    Rule(
        "dangling-ref",
        (ERROR,),
        "A `$ref` leads nowhere",
        "A body without a shape accepts anything, and no client can be typed.",
        "Define what it points at, or correct the name.",
        api(
            "paths: {}\ncomponents:\n  schemas:\n"
            "    Book: {type: object, properties: {shelf: {$ref: '#/components/schemas/Shelf'}}}\n"
        ),
        api(
            "paths: {}\ncomponents:\n  schemas:\n    Shelf: {type: object}\n"
            "    Book: {type: object, properties: {shelf: {$ref: '#/components/schemas/Shelf'}}}\n"
        ),
    ),
    Rule(
        "cyclic-ref",
        (ERROR, WARNING),
        "References lead in a circle and say nothing",
        "Two schemas that only point at each other have no type.",
        "Say what one of them is.",
        api(
            "paths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n"
            "    B: {$ref: '#/components/schemas/A'}\n"
        ),
        api("paths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {type: string}\n"),
    ),
    Rule(
        "external-ref",
        (WARNING,),
        "A `$ref` leads out of these specs",
        "Nothing is fetched while specs are read: the same specs must give the same code tomorrow.",
        "Copy the schema into `components/schemas`.",
        api(
            "paths: {}\ncomponents:\n  schemas:\n"
            "    Book: {type: object, properties: {a: {$ref: 'https://example.com/a.json'}}}\n"
        ),
        api("paths: {}\ncomponents:\n  schemas:\n    Book: {type: object, properties: {a: {type: string}}}\n"),
    ),
    Rule(
        "schema-defined-twice",
        (WARNING,),
        "Two contracts define one schema differently",
        "Generated types have one name each, so one of them is renamed or left out.",
        "Give them different names.",
        Example(
            {
                "contracts/a.yaml": "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {Book: {type: object}}}\n",
                "contracts/b.yaml": "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {Book: {type: string}}}\n",
            }
        ),
        Example(
            {
                "contracts/a.yaml": "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {Book: {type: object}}}\n",
                "contracts/b.yaml": "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {Isbn: {type: string}}}\n",
            }
        ),
    ),
    Rule(
        "parameter-not-read",
        (WARNING,),
        "A parameter has no usable name or place",
        "It is left out of the generated service and clients.",
        "Give it a plain name and `in: path, query, header or cookie`.",
        api("paths:\n  /books:\n    get:\n      operationId: listBooks\n      parameters: [{name: q, in: body}]\n"),
        api(
            "paths:\n  /books:\n    get:\n      operationId: listBooks\n"
            "      parameters: [{name: q, in: query, schema: {type: string}}]\n"
        ),
    ),
    Rule(
        "response-not-read",
        (WARNING,),
        "A response is under something that is no HTTP status",
        "No client can wait for it.",
        "Use a status such as `200`, a range such as `4XX`, or `default`.",
        api("paths:\n  /books:\n    get:\n      operationId: listBooks\n      responses: {ok: {description: fine}}\n"),
        api(
            "paths:\n  /books:\n    get:\n      operationId: listBooks\n      responses: {'204': {description: fine}}\n"
        ),
    ),
)
