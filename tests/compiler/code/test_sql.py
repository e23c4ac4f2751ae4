"""SQL of PostgreSQL, MySQL, SQLite and SQL Server, whole and half-written."""

from __future__ import annotations

import pytest

from flaresmith.compiler.model import EntityKind, Notation

POSTGRES = """\
CREATE TYPE order_status AS ENUM ('new', 'paid');
CREATE TABLE IF NOT EXISTS shop."Orders" (
  id BIGSERIAL PRIMARY KEY,
  ref uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  status order_status NOT NULL DEFAULT 'new',
  kind VARCHAR(20) NOT NULL CHECK (kind IN ('a', 'b')),
  total NUMERIC(12,2) NOT NULL DEFAULT 0 CHECK (total >= 0),
  user_id UUID NOT NULL REFERENCES auth.users(id) ON DELETE CASCADE,
  org_id INT,
  email citext, -- where to write
  tags text[] DEFAULT '{}',
  meta jsonb NOT NULL DEFAULT '{}'::jsonb,
  rating SMALLINT,
  code CHAR(4),
  note TEXT,
  full_name text GENERATED ALWAYS AS (first || last) STORED,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  CONSTRAINT fk FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE SET NULL,
  CONSTRAINT uq UNIQUE (user_id, ref),
  UNIQUE (email),
  CONSTRAINT stars CHECK (rating BETWEEN 1 AND 5),
  CHECK (char_length(note) <= 500),
  CHECK (code ~ '^[A-Z]{4}$'),
  CHECK (created_at <= now() OR total > 100),
  EXCLUDE USING gist (room WITH =)
) PARTITION BY RANGE (created_at);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix_a ON shop."Orders" (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX ix_meta ON "Orders" USING GIN (meta);
CREATE INDEX ON "Orders" (created_at DESC, status);
COMMENT ON TABLE "Orders" IS 'All of them';
COMMENT ON COLUMN shop."Orders".total IS 'With tax';
"""


@pytest.fixture
def orders(read):
    return read("sql", POSTGRES)


def test_columns_with_their_types_keys_and_presence(orders):
    assert orders.names == ["order_status", "Orders"]
    assert orders.shape("Orders") == {
        "id": "bigint? primary_key",
        "ref": "uuid unique",
        "status": "enum",
        "kind": "enum",
        "total": "decimal",
        "user_id": "uuid",
        "org_id": "integer?",
        "email": "string? unique",
        "tags": "array?",
        "meta": "json",
        "rating": "integer?",
        "code": "string?",
        "note": "text?",
        "full_name": "text?",
        "created_at": "datetime",
    }


def test_defaults_references_and_comments(orders):
    assert orders.field("Orders", "ref").field.default == {"generated": "uuid"}
    assert orders.field("Orders", "tags").field.default == []
    assert orders.field("Orders", "meta").field.default == {}
    user, org = orders.field("Orders", "user_id").field.references, orders.field("Orders", "org_id").field.references
    assert (user.entity, user.field, user.on_delete) == ("users", "id", "cascade")
    assert (org.entity, org.field, org.on_delete) == ("orgs", "id", "set null")
    assert orders.field("Orders", "email").field.description == "where to write"
    assert orders.field("Orders", "total").field.description == "With tax"
    assert orders.entity("Orders").description == "All of them"


def test_conditions_narrow_their_columns_and_stay_rules(orders):
    assert orders.field("Orders", "kind").field.type.values == ("a", "b")
    assert orders.field("Orders", "status").field.type.values == ("new", "paid")
    assert orders.field("Orders", "total").field.limits.minimum == 0
    assert orders.field("Orders", "total").field.limits.maximum is None
    rating, note = orders.field("Orders", "rating").field.limits, orders.field("Orders", "note").field.limits
    assert (rating.minimum, rating.maximum, note.max_length) == (1, 5, 500)
    assert orders.field("Orders", "code").field.limits.pattern == "^[A-Z]{4}$"
    assert "(rating BETWEEN 1 AND 5)" in [rule.expression for rule in orders.entity("Orders").rules]
    assert len(orders.entity("Orders").rules) == 5


def test_indexes_with_names_conditions_and_methods(orders):
    assert [(i.fields, i.unique, i.where, i.name, i.method) for i in orders.entity("Orders").indexes] == [
        (("user_id", "ref"), True, "", "uq", ""),
        (("email",), True, "deleted_at IS NULL", "ix_a", ""),
        (("meta",), False, "", "ix_meta", "gin"),
        (("created_at", "status"), False, "", "", ""),
    ]


def test_each_column_keeps_line_text_and_notation(orders):
    total = orders.field("Orders", "total").field
    assert (total.source.line, total.source.column, total.notation) == (17, 3, Notation.SQL)
    assert total.raw.startswith("total NUMERIC(12, 2) NOT NULL")
    assert orders.entity("Orders").raw == 'CREATE TABLE IF NOT EXISTS shop."Orders" ('
    assert orders.findings.lines_not_understood == 0


def test_mysql_spellings(read):
    table = read(
        "mysql",
        "CREATE TABLE `t` (\n  `id` INT UNSIGNED NOT NULL AUTO_INCREMENT,\n"
        "  `st` ENUM('x','y') DEFAULT 'x' COMMENT 'The state',\n  `on` TINYINT(1) NOT NULL DEFAULT 0,\n"
        "  `at` DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,\n"
        "  PRIMARY KEY (`id`),\n  UNIQUE KEY `u` (`st`,`on`),\n  KEY `k` (`on`),\n  FULLTEXT INDEX ft (st)\n"
        ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;",
    )
    assert table.shape("t") == {"id": "integer primary_key", "st": "enum?", "on": "boolean", "at": "datetime?"}
    assert table.field("t", "id").field.default == {"generated": "increment"}
    assert table.field("t", "st").field.type.values == ("x", "y")
    assert table.field("t", "st").field.description == "The state"
    assert table.field("t", "on").field.default is False
    assert table.field("t", "at").field.updates_on_write
    assert [(i.fields, i.unique) for i in table.entity("t").indexes] == [
        (("st", "on"), True),
        (("on",), False),
        (("st",), False),
    ]


def test_sql_server_and_sqlite_spellings(read):
    table = read(
        "sql",
        "CREATE TABLE [dbo].[Ms] ( [Id] INT IDENTITY(1,1) PRIMARY KEY, [Name] NVARCHAR(100) NULL,"
        " [Key] UNIQUEIDENTIFIER NOT NULL DEFAULT NEWID() );\n"
        "CREATE TABLE lite (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT DEFAULT CURRENT_TIMESTAMP);",
    )
    assert table.shape("Ms") == {"Id": "integer? primary_key", "Name": "string?", "Key": "uuid"}
    assert table.field("Ms", "Id").field.default == {"generated": "increment"}
    assert table.field("Ms", "Key").field.default == {"generated": "uuid"}
    assert table.field("lite", "id").field.primary_key


ALTERED = """\
CREATE TABLE t (id INT PRIMARY KEY, note TEXT, n INT, s VARCHAR(5), old TEXT);
ALTER TABLE ONLY public.t ADD COLUMN IF NOT EXISTS a INT NOT NULL DEFAULT 1, ADD COLUMN b TEXT;
ALTER TABLE t DROP COLUMN note, ALTER COLUMN n SET NOT NULL, ALTER COLUMN n TYPE bigint USING n::bigint,
  ALTER COLUMN b SET DEFAULT 'x', ALTER COLUMN a DROP DEFAULT;
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES other(id) ON DELETE RESTRICT;
ALTER TABLE t RENAME COLUMN old TO fresh;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE elsewhere ADD COLUMN x UUID REFERENCES t(id);
ALTER TABLE elsewhere DROP COLUMN y;
"""


def test_alterations_of_a_table_of_the_block(read):
    table = read("sql", ALTERED)
    assert table.shape("t") == {
        "id": "integer? primary_key",
        "n": "bigint",
        "s": "string?",
        "fresh": "text?",
        "a": "integer",
        "b": "text?",
    }
    assert table.field("t", "b").field.default == "x"
    assert not table.field("t", "a").field.has_default
    assert table.field("t", "a").field.limits.exclusive_minimum
    assert table.field("t", "a").field.references.on_delete == "restrict"


def test_alterations_of_a_table_that_stands_elsewhere_are_a_delta(read):
    other = read("sql", ALTERED).entity("elsewhere")
    assert other.delta
    assert [known.field.name for known in other.fields] == ["x"]
    assert [name for name, _ in other.removed] == ["y"]


def test_rows_are_seeds(read):
    roles = read(
        "sql",
        "INSERT INTO roles (id, name, level, at) VALUES\n"
        "  (1, 'admin', -10, now()),\n  (2, 'it''s', NULL, '2026-01-01')\n"
        "ON CONFLICT DO NOTHING;\nINSERT INTO logs SELECT * FROM other;",
    ).entity("roles")
    assert [dict(seed.values) for seed in roles.seeds] == [
        {"id": 1, "name": "admin", "level": -10},
        {"id": 2, "name": "it's", "level": None, "at": "2026-01-01"},
    ]
    assert [seed.source.line for seed in roles.seeds] == [12, 13]
    assert roles.delta


@pytest.mark.parametrize("mark", ["...", "-- ... existing columns", "-- existing columns unchanged", "…"])
def test_an_elision_makes_a_delta_and_loses_nothing(read, mark):
    table = read("sql", f"CREATE TABLE t (\n  id INT PRIMARY KEY,\n  {mark}\n  fresh TEXT NOT NULL\n);")
    assert table.shape("t") == {"id": "integer? primary_key", "fresh": "text"}
    assert table.entity("t").delta
    assert table.findings.lines_not_understood == 0


def test_a_table_that_is_not_closed_ends_where_the_next_begins(read):
    tables = read("sql", "CREATE TABLE a (\n  id INT PRIMARY KEY,\n  name TEXT\nCREATE TABLE b (\n  id UUID\n);")
    assert (list(tables.shape("a")), list(tables.shape("b"))) == (["id", "name"], ["id"])


def test_pseudo_tables_without_create(read):
    table = read("", "users (\n  id UUID PK,\n  org_id UUID FK → orgs.id,\n  email TEXT UNIQUE NOT NULL\n)")
    assert table.shape("users") == {"id": "uuid? primary_key", "org_id": "uuid?", "email": "text unique"}
    assert table.field("users", "org_id").field.references.entity == "orgs"


def test_domains_are_lists_of_values(read):
    found = read(
        "sql", "CREATE DOMAIN mood AS text CHECK (VALUE IN ('sad', 'glad'));\nCREATE TABLE p (m mood NOT NULL);"
    )
    assert found.entity("mood").kind is EntityKind.ENUM
    assert found.field("p", "m").field.type.values == ("sad", "glad")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id, name FROM users WHERE id = 1;",
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN NEW.x := 1; RETURN NEW; END $$ LANGUAGE plpgsql;",
        "CREATE POLICY p ON t FOR SELECT USING (user_id = auth.uid());",
        "CREATE VIEW v AS SELECT 1;",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
        "CREATE TABLE t (...);",
    ],
)
def test_statements_without_columns_declare_nothing(read, text):
    assert [entity for entity in read("sql", text).entities if entity.fields or entity.values] == []


def test_a_comment_that_lists_the_default_among_values_makes_an_enum(read):
    table = read(
        "sql",
        "CREATE TABLE t (\n  tier TEXT DEFAULT 'free', -- free, premium, enterprise\n  tag TEXT, -- a, b, c\n"
        "  found tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', tag), 'A') || 'B') STORED\n);",
    )
    assert table.field("t", "tier").field.type.values == ("free", "premium", "enterprise")
    assert table.shape("t") == {"tier": "enum?", "tag": "text?", "found": "text?"}
