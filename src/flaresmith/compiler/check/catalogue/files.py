"""Rules about files: what can be read, and what was left out."""

from __future__ import annotations

from flaresmith.compiler.check.rules import ERROR, INFO, WARNING, Example, Rule, model, said

RULES = (
    Rule(
        "no-specs",
        (ERROR,),
        "There are no specs in this folder",
        "A command that is pointed at the wrong folder would otherwise report success about nothing.",
        "Point it at the project, its `specs/` folder, or one feature's folder.",
        Example({"/README.md": "# A project\n"}),
        Example({"spec.md": "# Feature Specification: Books\n"}),
    ),
    Rule(
        "file-too-large",
        (ERROR,),
        "A file is larger than any specification",
        "A text has at most 2 MiB, a JSON or YAML document 16 MiB, a whole folder 64 MiB. A larger one is not read at "
        "all: half of a contract would be a wrong contract.",
        "Split the file, or take out what is no specification.",
        said("A `data-model.md` of 3 MiB."),
        said("The same model in files of a few kilobytes."),
    ),
    Rule(
        "unsafe-path",
        (ERROR, WARNING),
        "A path leads out of its folder, or cannot be served",
        "What is generated is written to disk and served over HTTP. A name with `..` or a backslash could name another "
        "file than the one it seems to.",
        "Rename the file; write a path of the API as `/name/{parameter}` and its query as `parameters`.",
        Example({"contracts/openapi.yaml": "openapi: 3.1.0\npaths:\n  /books?all=1:\n    get: {operationId: all}\n"}),
        Example({"contracts/openapi.yaml": "openapi: 3.1.0\npaths:\n  /books:\n    get: {operationId: all}\n"}),
    ),
    Rule(
        "not-utf8",
        (WARNING,),
        "A file is not UTF-8",
        "Accents and dashes are guessed when the encoding is unknown, and names with them come out differently on "
        "another machine.",
        "Save the file as UTF-8.",
        Example({"data-model.md": "# Buch \xfcber\n".encode("cp1252")}),
        Example({"data-model.md": "# Buch über\n"}),
    ),
    Rule(
        "not-text",
        (WARNING,),
        "A file has NUL bytes",
        "They are most often the sign of UTF-16 without its mark, or of a file that was damaged.",
        "Save the file as UTF-8 text.",
        Example({"data-model.md": b"# Books\x00\n"}),
        Example({"data-model.md": "# Books\n"}),
    ),
    Rule(
        "not-copied",
        (INFO,),
        "A file stays behind when code is generated",
        "The specs travel with the code that is made from them. A file that is not text cannot, and its reader should "
        "know.",
        "Save it as UTF-8, or keep it outside of the specs.",
        Example({"data-model.md": "# Buch \xfcber\n".encode("cp1252")}),
        Example({"data-model.md": "# Buch über\n"}),
    ),
    Rule(
        "duplicate-file",
        (INFO,),
        "A second copy of a document is not read",
        "`data-model 2.md` is what a file manager makes of a copy. Reading both would describe every entity twice.",
        "Remove the copy, or give it a name of its own.",
        Example({"data-model.md": "# Books\n", "data-model 2.md": "# Books\n"}),
        Example({"data-model.md": "# Books\n"}),
    ),
    Rule(
        "document-left-out",
        (WARNING,),
        "A document in the folder was not looked at",
        "A link that leads out of the folder is not followed, and only the beginning of a huge file is read.",
        "Put the file itself into the folder, split it, or take it out.",
        said("A symbolic link `specs/001-books/spec.md` to a file outside of the project."),
        said("The file itself in `specs/001-books/`."),
    ),
    Rule(
        "not-understood",
        (WARNING,),
        "A line looks like a fact and was not understood",
        "A field that is silently lost is a column that is missing in production. Every line with the outline of a "
        "field is counted, and told when nothing came of it.",
        "Write it as `- name (type, constraints)` or as a row of a table below the heading of its entity.",
        model("# Data Model\n\n- isbn (string, required)\n- title (string, required)\n"),
        model("# Data Model\n\n### Book\n\n- isbn (string, required)\n- title (string, required)\n"),
    ),
    Rule(
        "fence-not-closed",
        (WARNING,),
        "A block of code has no end",
        "Everything that follows is read as code, and what it says of entities is lost.",
        "Close the block with the marks that opened it.",
        model("### Book\n- id: uuid\n\n```sql\nSELECT 1\n"),
        model("### Book\n- id: uuid\n\n```sql\nSELECT 1\n```\n"),
        fixable=True,
    ),
    Rule(
        "code-not-read",
        (INFO,),
        "A block of code is in a language that is not read",
        "What only this code says becomes no table. The fields of the usual languages are read; others are named.",
        "Describe the entity with a table, bullets or SQL beside it.",
        model("### Book\n- id: uuid\n\n```swift\nstruct Book { let title: String }\n```\n"),
        model("### Book\n- id: uuid\n\n```sql\nCREATE TABLE book (id uuid PRIMARY KEY, title text);\n```\n"),
    ),
    Rule(
        "diagram-not-read",
        (INFO,),
        "A diagram is not read for facts",
        "Boxes and arrows can be drawn in many ways, and a wrong guess is worse than none.",
        "Say in words, in a table or in a mermaid erDiagram what only the diagram says.",
        model(
            "### Book\n- id: uuid\n\n```text\n┌──────┐     ┌───────┐\n│ Book │ ──▶ │ Shelf │\n"
            "└──────┘     └───────┘\n```\n"
        ),
        model("### Book\n- id: uuid\n\n```mermaid\nerDiagram\n  BOOK {\n    uuid id PK\n  }\n```\n"),
    ),
    Rule(
        "sql-not-read",
        (INFO,),
        "A statement of SQL is not part of the model",
        "Tables, columns, constraints and indexes are read. Triggers, functions and policies are not generated, and "
        "whoever relies on them should know.",
        "Say as a rule in words what the statement is for, or keep it in a migration of your own.",
        model(
            "### Book\n```sql\nCREATE TABLE book (id uuid PRIMARY KEY);\n"
            "CREATE TRIGGER t AFTER INSERT ON book EXECUTE FUNCTION f();\n```\n"
        ),
        model("### Book\n```sql\nCREATE TABLE book (id uuid PRIMARY KEY);\n```\n"),
    ),
)
