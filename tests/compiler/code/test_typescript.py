"""TypeScript as specs write it."""

from __future__ import annotations

import pytest

from flaresmith.compiler.model import Cardinality, EntityKind, Kind, Notation

INTERFACES = """\
/** Somebody who signs in. */
export interface User extends Base {
  readonly id: string; // uuid
  name?: string | null;
  ...
  // where it stands
  status: 'active' | 'gone';
  role: Role;
  address: { street: string; zip?: number };
  posts: Post[];
  counts: Record<string, number>
  createdAt: Date
  onChange: (a: string) => void;
  greet(): void;
  [key: string]: unknown;
}
interface Base { version: number }
enum Role { Admin = 'admin', Guest = 'guest' }
type Level = 'low' | 'high';
const COLORS = { Red: 'red', Blue: 'blue' } as const;
type NewUser = Omit<User, 'id' | 'posts'>;
function helper() { interface Hidden { a: string } const x: { b: string } = make() }
class Repository { find(id: string) { return id } }
"""


@pytest.fixture
def user(read):
    return read("typescript", INTERFACES)


def test_interfaces_have_fields_with_presence_and_inherited_ones(user):
    assert user.shape("User") == {
        "version": "number",
        "id": "string",
        "name": "string?",
        "status": "enum",
        "role": "enum",
        "address": "json",
        "posts": "array",
        "counts": "json",
        "createdAt": "datetime",
    }
    assert user.names == ["User", "Base", "Role", "Level", "COLORS", "NewUser"]


def test_each_fact_keeps_its_line_its_text_and_its_notation(user):
    status = user.field("User", "status").field
    assert (status.source.file, status.source.line, status.source.column) == ("data-model.md", 17, 3)
    assert status.raw == "status: 'active' | 'gone';"
    assert (status.notation, status.confidence) == (Notation.TYPESCRIPT, 1.0)
    assert status.description == "where it stands"
    assert user.entity("User").description == "Somebody who signs in."
    assert user.entity("User").raw == "export interface User extends Base {"


def test_enums_unions_and_constant_objects_are_lists_of_values(user):
    assert user.entity("Role").values == ("admin", "guest")
    assert user.entity("Level").values == ("low", "high")
    assert user.entity("COLORS").values == ("red", "blue")
    assert user.entity("Role").kind is EntityKind.ENUM
    assert user.field("User", "role").field.type.values == ("admin", "guest")


def test_nested_objects_and_records_have_a_schema(user):
    assert user.field("User", "address").field.type.schema == {
        "type": "object",
        "properties": {"street": {"type": "string"}, "zip": {"type": "number"}},
        "required": ["street"],
    }
    assert user.field("User", "counts").field.type.schema["additionalProperties"] == {"type": "number"}


def test_other_types_are_targets_to_be_resolved(user):
    posts = user.field("User", "posts")
    assert (posts.target, posts.many) == ("Post", True)


def test_derived_types_leave_out_what_they_omit_and_are_dtos(user):
    assert "id" not in user.shape("NewUser")
    assert "name" in user.shape("NewUser")
    assert user.entity("NewUser").kind is EntityKind.DTO


def test_a_comment_in_the_words_of_a_spec_counts(read):
    book = read("ts", "interface Book { id: string;\n authorId: string; // FK → Author.id\n isbn: string; // unique\n}")
    assert book.field("Book", "authorId").field.references.entity == "Author"
    assert book.field("Book", "isbn").field.unique


@pytest.mark.parametrize("name", ["LoginRequest", "UserDto", "CardProps", "ListResponse", "CreateUser"])
def test_suffixes_and_prefixes_of_transfer_make_a_dto(read, name):
    assert read("ts", f"interface {name} {{ email: string; age: number }}").entity(name).kind is EntityKind.DTO


def test_fields_without_a_declaration_belong_to_the_heading(read):
    alone = read("typescript", "hooks: {\n  after: boolean;\n}\nemail?: string;")
    assert alone.names == [""]
    assert alone.shape("") == {"hooks": "json", "email": "string?"}
    assert read("typescript", "name: 'x',\nretries: 3,\n").entities == []
    assert read("typescript", "{\n  dryRun: true,\n  name: 'x'\n}").entities == []


def test_an_interface_that_is_not_closed_keeps_its_fields(read):
    assert list(read("ts", "interface Half {\n  id: string;\n  name: string;\n").shape("Half")) == ["id", "name"]


def test_typeorm_decorators_say_what_a_column_is(read):
    entity = read(
        "ts",
        "@Entity('people')\nexport class Person {\n  @PrimaryGeneratedColumn('uuid') id: string;\n"
        "  @Column({ length: 30, unique: true, nullable: true }) email: string;\n"
        "  @Column({ type: 'decimal', precision: 10, scale: 2, default: 0 }) price: number;\n"
        "  @ManyToOne(() => Team, { onDelete: 'CASCADE' }) team: Team;\n"
        "  @OneToMany(() => Post, (post) => post.person) posts: Post[];\n}\n",
    )
    assert entity.shape("Person") == {
        "id": "uuid primary_key",
        "email": "string? unique",
        "price": "decimal",
        "team": "uuid",
    }
    assert entity.field("Person", "email").field.type.length == 30
    price = entity.field("Person", "price").field
    assert (price.type.precision, price.type.scale, price.default) == (10, 2, 0)
    assert entity.field("Person", "team").field.references.on_delete == "cascade"
    assert [(r.target, r.cardinality) for r in entity.entity("Person").relationships] == [
        ("Post", Cardinality.ONE_TO_MANY)
    ]


ZOD = """\
const UserSchema = z.object({
  id: z.string().uuid(),
  title: z.string().min(1).max(200), // the title
  email: z.string().email().optional(),
  age: z.number().int().positive().default(3),
  status: z.enum(['draft', 'live']),
  at: z.coerce.date(),
  tags: z.array(z.string()).max(5),
  nested: z.object({ a: z.string(), b: z.number().nullable() }),
  code: z.string().regex(/^[a-z]{2}$/),
  owner: OwnerSchema,
}).strict();
export const updateUserSchema = UserSchema.omit({ id: true }).partial().extend({ reason: z.string() });
const Roles = z.enum(['admin', 'guest']);
const helper = z.string().transform((x) => x);
"""


def test_zod_objects_with_their_chains(read):
    schemas = read("typescript", ZOD)
    assert schemas.names == ["User", "UpdateUser", "Roles"]
    assert schemas.shape("User") == {
        "id": "uuid",
        "title": "string",
        "email": "string?",
        "age": "integer",
        "status": "enum",
        "at": "datetime",
        "tags": "array",
        "nested": "json",
        "code": "string",
        "owner": "json",
    }
    title, age = schemas.field("User", "title").field, schemas.field("User", "age").field
    assert (title.limits.min_length, title.limits.max_length, title.description) == (1, 200, "the title")
    assert (age.limits.minimum, age.limits.exclusive_minimum, age.default) == (0, True, 3)
    assert schemas.field("User", "email").field.type.format == "email"
    assert schemas.field("User", "code").field.limits.pattern == "^[a-z]{2}$"
    assert schemas.field("User", "owner").target == "Owner"
    assert schemas.field("User", "title").field.notation is Notation.ZOD


def test_zod_schemas_made_of_others(read):
    update = read("typescript", ZOD)
    assert "id" not in update.shape("UpdateUser")
    assert update.shape("UpdateUser")["title"] == "string?"
    assert update.shape("UpdateUser")["reason"] == "string"
    assert update.entity("UpdateUser").kind is EntityKind.DTO
    assert update.entity("Roles").values == ("admin", "guest")


DRIZZLE = """\
export const roleEnum = pgEnum('role', ['admin', 'user']);
export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: varchar('name', { length: 255 }).notNull(),
  role: roleEnum('role').notNull().default('user'),
  orgId: uuid('org_id').references(() => orgs.id, { onDelete: 'cascade' }),
  price: numeric('price', { precision: 10, scale: 2 }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  data: jsonb('data').$type<{ a: string }>(),
}, (t) => ({
  named: uniqueIndex('by_name').on(t.name, t.orgId).where(sql`${t.name} IS NOT NULL`),
  data: index('by_data').using('gin', t.data),
}));
export const orgs = pgTable("organizations", {
  id: serial('id').primaryKey(),
  slug: text("slug").notNull().unique(),
}, (table) => [check('filled', sql`${table.slug} <> ''`)]);
export const usersRelations = relations(users, ({ one }) => ({
  org: one(orgs, { fields: [users.orgId], references: [orgs.id] }),
}));
"""


def test_drizzle_tables_with_references_indexes_and_enums(read):
    tables = read("typescript", DRIZZLE)
    assert tables.names == ["role", "users", "organizations"]
    assert tables.shape("users") == {
        "id": "uuid? primary_key",
        "name": "string",
        "role": "enum",
        "orgId": "uuid?",
        "price": "decimal?",
        "createdAt": "datetime",
        "data": "json?",
    }
    org = tables.field("users", "orgId").field.references
    assert (org.entity, org.field, org.on_delete) == ("organizations", "id", "cascade")
    assert tables.field("users", "id").field.default == {"generated": "uuid"}
    assert tables.field("users", "role").field.type.values == ("admin", "user")
    assert [(i.fields, i.unique, i.where, i.name, i.method) for i in tables.entity("users").indexes] == [
        (("name", "orgId"), True, "name IS NOT NULL", "by_name", ""),
        (("data",), False, "", "by_data", "gin"),
    ]
    assert tables.entity("users").kind is EntityKind.PERSISTED
    assert [(r.name, r.target, r.field) for r in tables.entity("users").relationships] == [
        ("org", "organizations", "orgId")
    ]
    assert tables.field("organizations", "slug").field.unique
    assert [rule.expression for rule in tables.entity("organizations").rules] == ["slug <> ''"]


def test_sqlite_and_mysql_tables(read):
    text = (
        "const t = sqliteTable('t', { id: integer('id').primaryKey({ autoIncrement: true }),"
        " at: integer('at', { mode: 'timestamp' }), kind: text('kind', { enum: ['a', 'b'] }).notNull() });\n"
        "const m = mysqlTable('m', { id: int('id').primaryKey(), s: mysqlEnum('s', ['x', 'y']) });\n"
    )
    tables = read("ts", text)
    assert tables.shape("t") == {"id": "integer? primary_key", "at": "datetime?", "kind": "enum"}
    assert tables.field("m", "s").field.type.values == ("x", "y")


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("string", Kind.STRING),
        ("number", Kind.NUMBER),
        ("boolean", Kind.BOOLEAN),
        ("Date", Kind.DATETIME),
        ("bigint", Kind.BIGINT),
        ("string | number", Kind.JSON),
        ("Array<string>", Kind.ARRAY),
        ("1 | 2 | 3", Kind.INTEGER),
        ("true | false", Kind.BOOLEAN),
        ("Uint8Array", Kind.BINARY),
        ("Partial<Record<string, unknown>>", Kind.JSON),
    ],
)
def test_types(read, written, kind):
    assert read("ts", f"interface A {{ x: {written}; y: string }}").field("A", "x").field.type.kind is kind
