"""The JSON of `spec show`."""

import json

from flaresmith.compiler.parse import to_json


def test_the_whole_model_as_json(read):
    model = read(
        {
            "specs/001-shop/spec.md": "# Shop\n- **FR-001**: sells\n- **SC-001**: happy\n",
            "specs/001-shop/data-model.md": (
                "### Author\n- id: uuid (pk)\n\n### Book\n- id: uuid (pk)\n- authorId: uuid (fk → Author)\n"
                "- price: decimal(8,2)\n- tags: string[]\n"
                "- status: enum(a|b)\n- title (string) REQUIRED, unique, default x\n- unique(authorId, status)\n"
            ),
            "specs/001-shop/contracts/openapi.yaml": (
                "openapi: 3.1.0\npaths:\n  /books:\n    get: {operationId: listBooks, responses: {}}\n"
            ),
        }
    )
    shown = json.loads(json.dumps(to_json(model)))
    assert set(shown) == {"features", "diagnostics", "counts"}
    feature = shown["features"][0]
    assert (feature["id"], feature["title"]) == ("001-shop", "Shop")
    assert [r["id"] for r in feature["requirements"]] == ["FR-001"]
    assert [r["id"] for r in feature["successCriteria"]] == ["SC-001"]
    book = feature["entities"][1]
    assert (book["name"], book["kind"], book["source"]) == (
        "Book",
        "persisted",
        {"file": "specs/001-shop/data-model.md", "line": 4},
    )
    assert set(book["fields"][0]) == {
        "name",
        "type",
        "required",
        "unique",
        "primaryKey",
        "references",
        "enum",
        "default",
        "source",
    }
    assert [f["type"] for f in book["fields"]] == ["uuid", "uuid", "decimal(8,2)", "string[]", "enum", "string"]
    assert book["fields"][0]["primaryKey"]
    assert book["fields"][1]["references"] == {"entity": "Author", "field": "id", "onDelete": None}
    assert book["fields"][4]["enum"] == ["a", "b"]
    assert (book["fields"][5]["unique"], book["fields"][5]["default"]) == (True, "x")
    assert [(r["target"], r["cardinality"], r["field"]) for r in book["relationships"]] == [
        ("Author", "N:1", "authorId")
    ]
    assert [(i["fields"], i["unique"]) for i in book["indexes"]] == [(["authorId", "status"], True)]
    assert feature["endpoints"] == [
        {
            "method": "GET",
            "path": "/books",
            "operationId": "listBooks",
            "requirements": [],
            "confidence": 1.0,
            "source": {"file": "specs/001-shop/contracts/openapi.yaml", "line": 4},
        }
    ]
    assert shown["counts"] == {"facts": 14, "linesNotUnderstood": 0}


def test_diagnostics_carry_everything(model_of):
    shown = to_json(model_of("### Note\n- id: uuid\n- ownerId: uuid (fk → Ghost)\n"))
    told = {"rule", "severity", "file", "line", "column", "message", "hint", "fix"}
    assert [set(d) for d in shown["diagnostics"]] == [told]
    assert shown["diagnostics"][0]["severity"] == "warning"
