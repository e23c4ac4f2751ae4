"""Rules about entities: what becomes a table, under which name, and what ties tables to each other."""

from __future__ import annotations

from flaresmith.compiler.check.rules import ERROR, INFO, WARNING, Example, Rule, model

_BOOK = "### Book\n- id (uuid, pk)\n"
_API = "openapi: 3.1.0\npaths:\n" + "".join(
    f"  /{name}s:\n    get: {{operationId: list{name}s, responses: {{'200': {{description: ok}}}}}}\n"
    for name in ("author", "book", "shelf")
).replace("/shelfs", "/shelves")

RULES = (
    Rule(
        "entity-without-fields",
        (INFO,),
        "An entity is named, and nothing describes its fields",
        "It becomes no table, and what refers to it stays a plain field.",
        "Describe it in `data-model.md`.",
        Example({"spec.md": "# Books\n### Key Entities\n- **Shelf**: holds books\n", "data-model.md": _BOOK}),
        Example(
            {
                "spec.md": "# Books\n### Key Entities\n- **Shelf**: holds books\n",
                "data-model.md": "### Shelf\n- id (uuid, pk)\n- name (string)\n",
            }
        ),
    ),
    Rule(
        "entity-defined-twice",
        (WARNING,),
        "Two places define one entity",
        "They will drift apart. The first one counts, and the other only adds fields to it.",
        "Describe it once; write `modified` behind the name where a later feature extends it.",
        Example(
            {
                "data-model.md": f"{_BOOK}- title (string)\n",
                "/specs/002-more/data-model.md": f"{_BOOK}- isbn (string)\n",
            }
        ),
        Example({"data-model.md": f"{_BOOK}- title (string)\n- isbn (string)\n"}),
    ),
    Rule(
        "entity-unused",
        (INFO,),
        "Nothing names an entity",
        "No endpoint, reference or requirement asks for this table, and most others are asked for.",
        "Say what it is for, or take it out.",
        Example(
            {
                "data-model.md": "".join(
                    f"### {name}\n- id (uuid, pk)\n- name (string)\n\n" for name in ("Author", "Book", "Shelf", "Lamp")
                ),
                "contracts/openapi.yaml": _API,
            }
        ),
        Example(
            {
                "data-model.md": "".join(
                    f"### {name}\n- id (uuid, pk)\n- name (string)\n\n" for name in ("Author", "Book", "Shelf")
                ),
                "contracts/openapi.yaml": _API,
            }
        ),
    ),
    Rule(
        "similar-names",
        (WARNING,),
        "Two tables are most likely one thing",
        "`User` and `UserRecord` differ by a word that says nothing. Rows end up in both.",
        "Give one thing one name.",
        model(f"{_BOOK}- title (string)\n\n### BookRecord\n- id (uuid, pk)\n- title (string)\n"),
        model(f"{_BOOK}- title (string)\n\n### Shelf\n- id (uuid, pk)\n- title (string)\n"),
    ),
    Rule(
        "name-collision",
        (WARNING,),
        "Two names become one identifier",
        "`userId` and `user_id` are one column. One of them is numbered.",
        "Rename one of them.",
        model(f"{_BOOK}- shelfNo (string)\n- shelf_no (integer)\n"),
        model(f"{_BOOK}- shelfNo (string)\n- rowNo (integer)\n"),
    ),
    Rule(
        "mixed-naming",
        (INFO,),
        "One table has fields in two styles",
        "Clients must remember for each field how it is written.",
        "Write all fields of a product in one style.",
        model(f"{_BOOK}- createdAt (datetime)\n- updatedAt (datetime)\n- shelf_mark (string)\n"),
        model(f"{_BOOK}- createdAt (datetime)\n- updatedAt (datetime)\n- shelfMark (string)\n"),
    ),
    Rule(
        "reserved-word",
        (INFO,),
        "A name is a reserved word",
        "SQL or Python give the word a meaning of its own. Generated code quotes or suffixes it, and hand-written "
        "queries must do so too.",
        "Choose another name, if the product is young enough.",
        model(f"{_BOOK}- order (integer)\n"),
        model(f"{_BOOK}- position (integer)\n"),
    ),
    Rule(
        "unsafe-name",
        (ERROR, WARNING),
        "A name cannot be an identifier",
        "Names become file names, columns and classes. One with quotes or control characters could end a statement.",
        "Use letters, digits and underscores.",
        Example(
            {"contracts/mcp-tools.json": '{"tools": [{"name": "drop\\"; --", "inputSchema": {"type": "object"}}]}'}
        ),
        Example({"contracts/mcp-tools.json": '{"tools": [{"name": "drop", "inputSchema": {"type": "object"}}]}'}),
    ),
    Rule(
        "dangling-reference",
        (WARNING,),
        "A field, index or relationship names what does not exist",
        "Without the table there is no foreign key, and nothing keeps the values true.",
        "Define the entity, or correct the name.",
        model(f"{_BOOK}- shelfId (uuid, fk → Shelf.id)\n"),
        model(f"{_BOOK}- shelfId (uuid, fk → Shelf.id)\n\n### Shelf\n- id (uuid, pk)\n"),
    ),
    Rule(
        "circular-requirement",
        (WARNING,),
        "Rows must each exist before the other",
        "Each of the tables requires a row of the next one, so the first row of none of them can be written.",
        "Make one of the references optional.",
        model(
            "### Book\n- id (uuid, pk)\n- coverId (uuid, required, fk → Cover.id)\n\n### Cover\n"
            "- id (uuid, pk)\n- bookId (uuid, required, fk → Book.id)\n"
        ),
        model(
            "### Book\n- id (uuid, pk)\n- coverId (uuid, optional, fk → Cover.id)\n\n### Cover\n"
            "- id (uuid, pk)\n- bookId (uuid, required, fk → Book.id)\n"
        ),
    ),
    Rule(
        "set-null-required",
        (WARNING,),
        "A required reference shall become null",
        "When the other row is deleted, the database can neither clear the field nor keep it. The deletion is refused.",
        "Make the field optional, or choose CASCADE or RESTRICT.",
        model(
            "### Shelf\n- id (uuid, pk)\n\n### Book\n- id (uuid, pk)\n"
            "- shelfId (uuid, required, fk → Shelf.id, on delete set null)\n"
        ),
        model(
            "### Shelf\n- id (uuid, pk)\n\n### Book\n- id (uuid, pk)\n"
            "- shelfId (uuid, optional, fk → Shelf.id, on delete set null)\n"
        ),
    ),
    Rule(
        "implied-primary-key",
        (INFO,),
        "A table has no primary key and gets one",
        "Every row must be found again. The key is `id`, a generated uuid.",
        "Name the key: `id (uuid, pk)`.",
        model("### Book\n- title (string)\n- pages (integer)\n"),
        model(f"{_BOOK}- title (string)\n- pages (integer)\n"),
    ),
    Rule(
        "index-unknown-field",
        (WARNING,),
        "An index names a field that the table does not have",
        "The index cannot be made.",
        "Correct the name.",
        model(f"{_BOOK}- title (string)\n\nIndexes:\n- (author, title)\n"),
        model(f"{_BOOK}- title (string)\n- author (string)\n\nIndexes:\n- (author, title)\n"),
    ),
    Rule(
        "not-expressed",
        (INFO,),
        "The specs say something that the generated code cannot do",
        "What no target can express would otherwise be missing without a word: a condition outside of what databases "
        "check, an index that needs an extension, a period that is no number of days.",
        "Say it in a way that can be carried out, or write that part by hand.",
        model(
            "### Book\n- id (uuid, pk)\n- title (string)\n\nIndexes:\n- (title) unique where lower(title) like 'a%'\n"
        ),
        model("### Book\n- id (uuid, pk)\n- title (string)\n\nIndexes:\n- (title) unique where title is not null\n"),
    ),
    Rule(
        "index-missing",
        (INFO,),
        "A reference by which rows are looked up has no index",
        "PostgreSQL makes no index for a foreign key. Deleting with `cascade`, or listing rows below their parent, "
        "then reads the whole table.",
        "Add an index that begins with the field.",
        model(
            "### Shelf\n- id (uuid, pk)\n\n### Book\n- id (uuid, pk)\n"
            "- shelfId (uuid, fk → Shelf.id, on delete cascade)\n"
        ),
        model(
            "### Shelf\n- id (uuid, pk)\n\n### Book\n- id (uuid, pk)\n"
            "- shelfId (uuid, fk → Shelf.id, on delete cascade)\n\nIndexes:\n- (shelfId, id)\n"
        ),
    ),
    Rule(
        "second-notation",
        (INFO,),
        "One thing is described in two notations",
        "The first description counts; what only the second one has is named, so that nothing is lost unseen.",
        "Describe it once, or keep both in step.",
        Example(
            {
                "contracts/openapi.yaml": "openapi: 3.1.0\npaths:\n  /books:\n    get: {operationId: listBooks}\n",
                "contracts/books.md": "# Books\n### GET /books\n",
            }
        ),
        Example({"contracts/openapi.yaml": "openapi: 3.1.0\npaths:\n  /books:\n    get: {operationId: listBooks}\n"}),
    ),
    Rule(
        "unreachable-state",
        (WARNING,),
        "No transition leads to a state",
        "No row will ever be in it, or somebody changes it past the rules.",
        "Add the arrow that leads there, or name the first state with `default`.",
        model(f"{_BOOK}- status (enum: draft|live|gone) default draft\n\nState transitions:\n- draft → live\n"),
        model(
            f"{_BOOK}- status (enum: draft|live|gone) default draft\n\nState transitions:\n"
            f"- draft → live\n- live → gone\n"
        ),
    ),
    Rule(
        "dead-end-state",
        (WARNING,),
        "Nothing leads out of a state that waits for something",
        "A row that is `pending` and can never become anything else is stuck. States that sound finished may be last.",
        "Add the arrow that leads out, or call the state by what it is when it is over.",
        model(
            f"{_BOOK}- status (enum: draft|pending|live) default draft\n\nState transitions:\n"
            f"- draft → pending\n- draft → live\n"
        ),
        model(
            f"{_BOOK}- status (enum: draft|pending|live) default draft\n\nState transitions:\n"
            f"- draft → pending\n- pending → live\n"
        ),
    ),
    Rule(
        "unknown-state",
        (WARNING,),
        "A transition names a state that its field cannot have",
        "The arrow can never be taken.",
        "Add the state to the field's values, or correct the arrow.",
        model(
            f"{_BOOK}- status (enum: draft|live) default draft\n\nState transitions:\n- draft → live\n- live → lost\n"
        ),
        model(
            f"{_BOOK}- status (enum: draft|live|lost) default draft\n\nState transitions:\n"
            f"- draft → live\n- live → lost\n"
        ),
    ),
    Rule(
        "sources-disagree",
        (WARNING,),
        "Two notations of one file describe a field differently",
        "A table, a block of SQL and a diagram were written at different times. The one that stands first in the order "
        "of precedence counts.",
        "Say the same in both places, or remove one of them.",
        model(f"{_BOOK}- pages (integer)\n\n```sql\nCREATE TABLE book (id uuid PRIMARY KEY, pages boolean);\n```\n"),
        model(f"{_BOOK}- pages (integer)\n\n```sql\nCREATE TABLE book (id uuid PRIMARY KEY, pages integer);\n```\n"),
    ),
    Rule(
        "delta-without-entity",
        (WARNING, INFO),
        "A feature changes an entity that no feature defines",
        "Only what stands in the change is known; the rest of its fields is not.",
        "Add the spec that defines it, or describe it in full.",
        model("### Book (modified)\n- isbn (string)\n"),
        Example(
            {
                "data-model.md": "### Book (modified)\n- isbn (string)\n",
                "/specs/000-base/data-model.md": "### Book\n- id (uuid, pk)\n",
            }
        ),
    ),
    Rule(
        "extends-unknown",
        (WARNING,),
        "An entity is said to come from a feature that does not define it",
        "The number of the feature is wrong, or the entity has moved.",
        "Correct the number of the feature.",
        Example(
            {
                "data-model.md": "### Book (modified, from 003-gone)\n- isbn (string)\n",
                "/specs/000-base/data-model.md": "### Book\n- id (uuid, pk)\n",
            }
        ),
        Example(
            {
                "data-model.md": "### Book (modified, from 000-base)\n- isbn (string)\n",
                "/specs/000-base/data-model.md": "### Book\n- id (uuid, pk)\n",
            }
        ),
    ),
    Rule(
        "unchanged-adds-nothing",
        (INFO,),
        "An unchanged entity is shown with fields that it does not have",
        "What is said to exist already is not added, so these fields do not come to be.",
        "Write `modified` where a feature adds fields.",
        Example(
            {
                "data-model.md": "### Book (existing)\n- id (uuid, pk)\n- isbn (string)\n",
                "/specs/000-base/data-model.md": "### Book\n- id (uuid, pk)\n",
            }
        ),
        Example(
            {
                "data-model.md": "### Book (modified)\n- isbn (string)\n",
                "/specs/000-base/data-model.md": "### Book\n- id (uuid, pk)\n",
            }
        ),
    ),
)
