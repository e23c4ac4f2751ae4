"""Schema languages: Prisma, GraphQL and protobuf."""

from __future__ import annotations

from flaresmith.compiler.model import Cardinality, EntityKind, Notation

PRISMA = """\
/// Somebody
model User {
  id        String   @id @default(uuid()) @db.Uuid
  email     String   @unique @db.VarChar(255)
  verified  Boolean  @default(false) // by mail
  role      Role     @default(USER)
  price     Decimal? @db.Decimal(18, 6)
  tags      String[]
  posts     Post[]
  cats      Cat[]
  profile   Profile?
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt
  meta      Json     @default("{}")
  ...
  @@index([email, role], map: "by_mail")
  @@unique([email, price])
  @@map("app_users")
}

enum Role {
  USER
  ADMIN // all
}

model Post {
  id       Int    @id @default(autoincrement())
  authorId String
  author   User   @relation(fields: [authorId], references: [id], onDelete: Cascade)
}

model Profile {
  userId String @id
  user   User   @relation(fields: [userId], references: [id])
}

model Cat {
  id    Int    @id
  users User[]
  a     Int
  b     Int
  @@id([a, b])
}
"""


def test_prisma_models_with_attributes(read):
    prisma = read("prisma", PRISMA)
    assert prisma.shape("User") == {
        "id": "uuid primary_key",
        "email": "string unique",
        "verified": "boolean",
        "role": "enum",
        "price": "decimal?",
        "tags": "array",
        "createdAt": "datetime",
        "updatedAt": "datetime",
        "meta": "json",
    }
    email, price = prisma.field("User", "email").field, prisma.field("User", "price").field
    assert (email.type.length, email.notation, email.source.line) == (255, Notation.PRISMA, 14)
    assert (price.type.precision, price.type.scale) == (18, 6)
    assert prisma.field("User", "role").field.default == "USER"
    assert prisma.field("User", "updatedAt").field.updates_on_write
    assert prisma.field("User", "meta").field.default == {}
    assert prisma.field("User", "verified").field.description == "by mail"
    assert prisma.entity("Role").values == ("USER", "ADMIN")
    assert prisma.entity("User").kind is EntityKind.PERSISTED
    assert [(i.fields, i.unique, i.name) for i in prisma.entity("User").indexes] == [
        (("email", "role"), False, "by_mail"),
        (("email", "price"), True, ""),
    ]


def test_prisma_relations_of_every_cardinality(read):
    prisma = read("prisma", PRISMA)
    assert {(r.name, r.target, r.cardinality) for r in prisma.entity("User").relationships} == {
        ("posts", "Post", Cardinality.ONE_TO_MANY),
        ("cats", "Cat", Cardinality.MANY_TO_MANY),
        ("profile", "Profile", Cardinality.ONE_TO_ONE),
    }
    author = prisma.field("Post", "authorId").field.references
    assert (author.entity, author.field, author.on_delete) == ("User", "id", "cascade")
    assert [(r.cardinality, r.field) for r in prisma.entity("Profile").relationships] == [
        (Cardinality.ONE_TO_ONE, "userId")
    ]
    assert [known.field.name for known in prisma.entity("Cat").fields if known.field.primary_key] == ["id", "a", "b"]


def test_prisma_without_a_label_or_an_end(read):
    assert read("", "model Tool {\n  id String @id\n  name String?\n").shape("Tool") == {
        "id": "string primary_key",
        "name": "string?",
    }


GRAPHQL = '''\
"""Somebody"""
type User implements Node & Named @key(fields: "id") {
  id: ID!
  "what they are called"
  name: String
  tags: [String!]!
  posts(first: Int = 10): [Post!]! # newest first
  role: Role!
  born: Date
  ...
}
input NewUser { name: String!, age: Int = 3 }
enum Role { ADMIN USER }
interface Node { id: ID!, version: Int }
type Query { users: [User!]! }
type Mutation { createUser(input: NewUser!): User! }
union Anything = User | Post
'''


def test_graphql_types_inputs_and_enums(read):
    schema = read("graphql", GRAPHQL)
    assert schema.names == ["User", "NewUser", "Role", "Node"]
    assert schema.shape("User") == {
        "version": "integer?",
        "id": "string",
        "name": "string?",
        "tags": "array",
        "posts": "array",
        "role": "enum",
        "born": "date?",
    }
    assert schema.entity("User").description == "Somebody"
    assert schema.field("User", "name").field.description == "what they are called"
    assert schema.field("User", "posts").target == "Post"
    assert schema.entity("NewUser").kind is EntityKind.DTO
    assert schema.field("NewUser", "age").field.default == 3
    assert schema.entity("Role").values == ("ADMIN", "USER")
    assert schema.field("User", "id").field.notation is Notation.GRAPHQL


PROTO = """\
syntax = "proto3";
// Somebody
message User {
  string id = 1; // the key
  repeated string tags = 2;
  map<string, int32> counts = 3;
  optional int64 size = 4;
  Role role = 5;
  oneof contact { string email = 6; string phone = 7; }
  google.protobuf.Timestamp seen_at = 8;
  google.protobuf.StringValue nick = 9;
  message Inner { bool x = 1; }
  Inner inner = 10;
  ...
  reserved 11, 12;
}
enum Role { ROLE_UNSPECIFIED = 0; ROLE_ADMIN = 1; }
service Users { rpc Get(GetUserRequest) returns (User) { option (http) = "x"; } }
message GetUserRequest { string id = 1; }
"""


def test_protobuf_messages_maps_choices_and_enums(read):
    proto = read("proto", PROTO)
    assert proto.names == ["User", "Inner", "Role", "GetUserRequest"]
    assert proto.shape("User") == {
        "id": "string",
        "tags": "array",
        "counts": "json",
        "size": "bigint?",
        "role": "enum",
        "email": "string?",
        "phone": "string?",
        "seen_at": "datetime",
        "nick": "string?",
        "inner": "json",
    }
    assert proto.field("User", "id").field.description == "the key"
    assert proto.field("User", "phone").field.source.line == 19
    assert proto.entity("Role").values == ("ROLE_UNSPECIFIED", "ROLE_ADMIN")
    assert proto.entity("GetUserRequest").kind is EntityKind.DTO
    assert proto.field("User", "id").field.notation is Notation.PROTOBUF
