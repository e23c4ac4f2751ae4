"""Rules about fields: their types, defaults, limits and values."""

from __future__ import annotations

from flaresmith.compiler.check.rules import INFO, WARNING, Example, Rule, model

_BOOK = "### Book\n- id (uuid, pk)\n"

RULES = (
    Rule(
        "type-conflict",
        (WARNING,),
        "Two places give a field two types",
        "What the contract promises is not what the table holds. The first one counts.",
        "Give it one type.",
        Example(
            {
                "data-model.md": f"{_BOOK}- pages (integer)\n",
                "contracts/openapi.yaml": "openapi: 3.1.0\npaths: {}\ncomponents:\n  schemas:\n"
                "    Book: {type: object, properties: {pages: {type: boolean}}}\n",
            }
        ),
        Example(
            {
                "data-model.md": f"{_BOOK}- pages (integer)\n",
                "contracts/openapi.yaml": "openapi: 3.1.0\npaths: {}\ncomponents:\n  schemas:\n"
                "    Book: {type: object, properties: {pages: {type: integer}}}\n",
            }
        ),
    ),
    Rule(
        "enum-conflict",
        (WARNING,),
        "Contract and data model allow different values",
        "A value that one side accepts is refused by the other, at run time.",
        "Give both the same values.",
        Example(
            {
                "data-model.md": f"{_BOOK}- state (enum: new|worn)\n",
                "contracts/openapi.yaml": "openapi: 3.1.0\npaths: {}\ncomponents:\n  schemas:\n"
                "    Book: {type: object, properties: {state: {type: string, enum: [new, torn]}}}\n",
            }
        ),
        Example(
            {
                "data-model.md": f"{_BOOK}- state (enum: new|worn)\n",
                "contracts/openapi.yaml": "openapi: 3.1.0\npaths: {}\ncomponents:\n  schemas:\n"
                "    Book: {type: object, properties: {state: {type: string, enum: [new, worn]}}}\n",
            }
        ),
    ),
    Rule(
        "enum-values-alike",
        (WARNING,),
        "Two values of an enum differ only in how they are written",
        "`in_stock` and `in-stock` will both be in the table, and queries will miss one.",
        "Keep one of them.",
        model(f"{_BOOK}- state (enum: in_stock|in-stock|sold)\n"),
        model(f"{_BOOK}- state (enum: in_stock|sold)\n"),
    ),
    Rule(
        "enum-without-values",
        (INFO,),
        "An enum does not say its values",
        "It is stored as text, and nothing is refused.",
        "List them: `enum(new|worn)`.",
        model(f"{_BOOK}- state (enum)\n"),
        model(f"{_BOOK}- state (enum: new|worn)\n"),
    ),
    Rule(
        "unknown-type",
        (INFO,),
        "A type is not known",
        "It is neither a scalar nor an entity of these specs, so the field is stored as JSON without a shape.",
        "Use a known type, or describe the entity that is meant.",
        model(f"{_BOOK}- size (Dimensions)\n- title (string)\n"),
        model(f"{_BOOK}- size (json)\n- title (string)\n"),
    ),
    Rule(
        "field-doubled",
        (WARNING,),
        "A field is described twice in one entity",
        "The descriptions differ, and the first one counts.",
        "Keep one of them.",
        model(f"{_BOOK}- pages (integer)\n- pages (string)\n"),
        model(f"{_BOOK}- pages (integer)\n"),
    ),
    Rule(
        "computed-field",
        (INFO,),
        "A field is computed and gets no column",
        "What can be computed from other fields would be wrong as soon as they change.",
        "Take the word `computed` out if it shall be stored.",
        model(f"{_BOOK}- pages (integer)\n- weight (number, computed)\n"),
        model(f"{_BOOK}- pages (integer)\n- weight (number)\n"),
    ),
    Rule(
        "default-of-other-type",
        (WARNING,),
        "A default is no value of its type",
        "The database would refuse it, so it was left out.",
        "Write a default of the field's type, or one of its values.",
        model(f"{_BOOK}- pages (integer, default many)\n"),
        model(f"{_BOOK}- pages (integer, default 100)\n"),
    ),
    Rule(
        "unsafe-default",
        (WARNING,),
        "A default is not a plain literal",
        "Defaults become part of SQL and of code. Only numbers, quoted texts, true, false and the like are taken.",
        "Write a number, a quoted text, `true`, `false` or `now()`.",
        Example({"data-model.md": f"{_BOOK}- title (string) default: `x'; DROP TABLE book`\n"}),
        Example({"data-model.md": f"{_BOOK}- title (string, default 'x')\n"}),
    ),
    Rule(
        "impossible-limits",
        (WARNING,),
        "No value can be within a field's limits",
        "Every row would be refused.",
        "The lower limit must not be above the upper one.",
        model(f"{_BOOK}- pages (integer, min 10, max 5)\n"),
        model(f"{_BOOK}- pages (integer, min 5, max 10)\n"),
    ),
    Rule(
        "inside-of-json",
        (INFO,),
        "The inside of a JSON field is free",
        "The nested fields are not columns: they cannot be required, indexed or referred to.",
        "Make it an entity of its own if its fields matter by themselves.",
        model(f"{_BOOK}- size (json)\n  - width (integer)\n  - height (integer)\n"),
        model(f"{_BOOK}- width (integer)\n- height (integer)\n"),
    ),
    Rule(
        "money-as-float",
        (WARNING,),
        "Money is kept in a floating-point number",
        "The number 0.10 has no exact binary form. Sums drift by cents, and somebody has to explain them.",
        "Use `decimal(12,2)`, or an integer of the smallest unit.",
        model(f"{_BOOK}- price (float)\n"),
        model(f"{_BOOK}- price (decimal(12,2))\n"),
    ),
    Rule(
        "password-in-clear",
        (WARNING,),
        "A password would be kept as it was typed",
        "Whoever reads the table once can sign in as anybody, here and elsewhere.",
        "Keep a hash, and name it so: `passwordHash`.",
        model("### Reader\n- id (uuid, pk)\n- password (string)\n"),
        model("### Reader\n- id (uuid, pk)\n- passwordHash (string)\n"),
    ),
    Rule(
        "secret-in-spec",
        (WARNING,),
        "A real credential seems to stand in the specs",
        "Specs are read by many, copied into the repository and shown in the browser.",
        "Replace it with a placeholder, and revoke it if it is real.",
        Example({"spec.md": "# Books\nUse " + "AKIA" + "Q" * 16 + " for now.\n"}),
        Example({"spec.md": "# Books\nUse the key of the vault.\n"}),
    ),
)
