"""What a data model says besides fields arrives in the database and in the service: seeds, links, methods, money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from tests.compiler.python.conftest import Emit, NewDatabase, files_of, ran
from tests.compiler.python.odd_models import SOURCE, entity, enum, field, model_of, reference, uuid_key
from tests.compiler.python.test_service import served

from flaresmith.compiler.diff import schema_operations, table_json, tables_from_json
from flaresmith.compiler.links import links, with_links
from flaresmith.compiler.model import (
    Cardinality,
    Entity,
    Index,
    Kind,
    Limits,
    Model,
    Reference,
    Relationship,
    Retention,
    Seed,
    Type,
)
from flaresmith.compiler.tables import tables

MONEY = Type(Kind.DECIMAL, format="money")
STUDENT = entity(
    "Student",
    uuid_key(),
    field("name", limits=Limits(min_length=2, max_length=60)),
    field("fee", type_=MONEY, limits=Limits(minimum=0), default="12.5", has_default=True),
    field("tags", type_=Type(Kind.ARRAY, items=Type(Kind.STRING)), required=False),
    field("deletedAt", Kind.DATETIME, required=False),
    field("createdAt", Kind.DATETIME),
    relationships=(Relationship("course", "Course", Cardinality.MANY_TO_MANY, SOURCE),),
    indexes=(
        Index(("tags",), False, SOURCE, method="gin"),
        Index(("name",), False, SOURCE, method="gin"),
        Index(("name",), True, SOURCE, where="deletedAt is null"),
    ),
    retention=(Retention("deleted students are purged after 30 days", SOURCE, 30),),
    requirements=("FR-001",),
)
COURSE = entity(
    "Course",
    uuid_key(),
    field("title", unique=True),
    enum("level", "easy", "hard", default="easy", has_default=True),
    reference("parentId", "Course", required=False),
    seeds=(
        Seed({"title": "Algebra", "level": "hard"}, SOURCE),
        Seed({"title": "Rings", "parent_id": "Algebra"}, SOURCE),
        Seed({"title": "Lost", "parent_id": "Nothing of that name"}, SOURCE),
        Seed({"title": "Wrong", "level": "unheard of"}, SOURCE),
        Seed({"title": 'it\'s 100% :ok \\ "x"; DROP TABLE courses; --'}, SOURCE),
    ),
)
COUNTER = entity(
    "Counter",
    field("id", Kind.INTEGER, primary_key=True, default={"generated": "increment"}, has_default=True),
    field("label"),
    seeds=(Seed({"id": 7, "label": "seven"}, SOURCE), Seed({"label": "free"}, SOURCE)),
)


def with_all(*entities: Entity, before: Model | None = None) -> Model:
    """A model with the operations of its links."""
    made = model_of(*entities, before=before)
    return replace(made, endpoints=tuple(with_links(made.entities, made.endpoints)))


SCHOOL = with_all(STUDENT, COURSE, COUNTER)


def test_seeds_are_there_once_and_stay_as_people_change_them(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(SCHOOL), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    assert "No new upgrade operations detected" in ran(api, url, "alembic", "check")
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT c.title, c.level, p.title FROM courses c LEFT JOIN courses p ON p.id = c.parent_id ORDER BY c.title"
        ).fetchall()
        hostile = SCHOOL.entities[1].seeds[-1].values["title"]
        assert sorted(rows) == sorted(
            [("Algebra", "hard", None), ("Rings", "easy", "Algebra"), (hostile, "easy", None)]
        )
        assert {label for (label,) in connection.execute("SELECT label FROM counters").fetchall()} == {"seven", "free"}
        made = connection.execute("INSERT INTO counters (label) VALUES ('next') RETURNING id").fetchone()
        assert made is not None
        assert made[0] > 7
        connection.execute("UPDATE courses SET level = 'easy' WHERE title = 'Algebra'")
    more = replace(COURSE, seeds=(*COURSE.seeds, Seed({"title": "Fields", "parent_id": "Algebra"}, SOURCE)))
    grown = with_all(STUDENT, more, COUNTER, before=SCHOOL)
    assert [operation.op for operation in grown.migrations[-1].operations] == ["insert_rows"]
    api = emitted(grown)
    ran(api, url, "alembic", "upgrade", "head")
    ran(api, url, "alembic", "downgrade", "-1")
    ran(api, url, "alembic", "upgrade", "head")
    with psycopg.connect(url) as connection:
        kept = connection.execute("SELECT title, level FROM courses ORDER BY title").fetchall()
    assert ("Algebra", "easy") in kept
    assert [title for title, _ in kept].count("Fields") == 1


def test_money_methods_and_partial_uniques_are_in_the_schema() -> None:
    students = next(table for table in tables(SCHOOL.entities) if table.entity == "Student")
    fee = students.column("fee")
    assert fee is not None
    assert (fee.type, fee.default) == ("numeric(19, 4)", "=12.5")
    assert {(i.columns, i.method, i.unique, i.where) for i in students.indexes} >= {
        (("tags",), "gin", False, ""),
        (("name",), "", True, "deleted_at IS NULL"),
        (("name",), "", False, ""),  # text has no gin index without an extension
    }


def test_a_snapshot_of_an_older_version_is_read_and_equal() -> None:
    plain = [entity("Plain", uuid_key(), field("label", indexed=True))]
    written = table_json(plain)
    assert all("seeds" not in table and "method" not in table["indexes"][0] for table in written)
    assert tables_from_json(written) == tuple(replace(t, why="", columns=_bare(t.columns)) for t in tables(plain))
    assert schema_operations(tables_from_json(table_json(SCHOOL.entities)), tables(SCHOOL.entities)) == ()


def _bare(columns: Any) -> Any:
    return tuple(replace(column, why="", filler="") for column in columns)


def test_an_amount_without_digits_becomes_money_and_keeps_its_value() -> None:
    before = [entity("Bill", uuid_key(), field("total", type_=Type(Kind.DECIMAL)))]
    after = [entity("Bill", uuid_key(), field("total", type_=MONEY))]
    (step,) = schema_operations(before, after)
    assert step.arguments["using"] == "total::numeric(19, 4)"
    assert step.loses == "total: places behind the point after 4"


def test_one_to_one_is_unique() -> None:
    user = entity("User", uuid_key())
    profile = entity(
        "Profile",
        uuid_key(),
        field("userId", Kind.UUID, references=Reference("User")),
        relationships=(Relationship("user", "User", Cardinality.ONE_TO_ONE, SOURCE, field="userId"),),
    )
    profiles = next(table for table in tables([user, profile]) if table.entity == "Profile")
    assert [unique.columns for unique in profiles.uniques] == [("user_id",)]


def test_links_are_seen_from_both_sides() -> None:
    found = links(SCHOOL.entities)
    assert [(x.segment, x.target, x.writable) for x in found["Student"]] == [("courses", "Course", True)]
    assert [(x.segment, x.target, x.writable) for x in found["Course"]] == [("students", "Student", False)]
    added = {(e.method, e.path): e.operation_id for e in SCHOOL.endpoints if "link" in e.action}
    assert added == {
        ("GET", "/students/{id}/courses"): "listCoursesOfStudent",
        ("PUT", "/students/{id}/courses/{courseId}"): "addCourseToStudent",
        ("DELETE", "/students/{id}/courses/{courseId}"): "removeCourseFromStudent",
        ("GET", "/courses/{id}/students"): "listStudentsOfCourse",
    }


def test_a_join_entity_with_values_of_its_own_only_lists() -> None:
    enrolment = entity(
        "Enrolment", uuid_key(), reference("studentId", "Student"), reference("courseId", "Course"), field("grade")
    )
    found = links([STUDENT, COURSE, enrolment])
    assert [(x.through, x.writable, x.own, x.other) for x in found["Student"]] == [
        ("Enrolment", False, "student_id", "course_id")
    ]


@pytest.fixture
def school(emitted: Emit, new_database: NewDatabase) -> Any:
    """A client of the school's service, its database, and its folder."""
    api, url = emitted(SCHOOL), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    with served(api, url) as client:
        yield client, url, api


def test_links_are_added_listed_and_removed(school: Any) -> None:
    client, _, _ = school
    one, other = (client.post("/students", json={"name": name}).json()["id"] for name in ("Ada", "Bob"))
    courses = {row["title"]: row["id"] for row in client.get("/courses").json()["items"]}
    where = f"/students/{one}/courses"
    for title in ("Algebra", "Rings", "Rings"):
        assert client.put(f"{where}/{courses[title]}").status_code == 204
    assert [row["title"] for row in client.get(where, params={"sort": "title"}).json()["items"]] == ["Algebra", "Rings"]
    assert [row["title"] for row in client.get(where, params={"level": "hard"}).json()["items"]] == ["Algebra"]
    assert client.get(f"/students/{other}/courses").json()["items"] == []
    assert [row["name"] for row in client.get(f"/courses/{courses['Rings']}/students").json()["items"]] == ["Ada"]
    page = client.get(where, params={"limit": 1}).json()
    assert client.get(where, params={"limit": 1, "cursor": page["nextCursor"]}).json()["hasMore"] is False
    assert client.delete(f"{where}/{courses['Rings']}").status_code == 204
    refused = [
        client.delete(f"{where}/{courses['Rings']}"),
        client.put(f"{where}/{one}"),
        client.put(f"{where}/nonsense"),
        client.put(f"/students/{courses['Rings']}/courses/{courses['Rings']}"),
        client.get("/students/nonsense/courses"),
    ]
    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in refused} == {(404, "RESOURCE_NOT_FOUND")}
    assert client.get(where, params={"unknown": "1"}).status_code == 400


def test_entity_tags_save_reads_and_guard_writes(school: Any) -> None:
    client, _, _ = school
    made = client.post("/students", json={"name": "Ada"})
    where, tag = made.headers["Location"], made.headers["ETag"]
    read = client.get(where)
    assert read.headers["ETag"] == tag
    for known in (tag, f'"other", W/{tag}', "*"):
        again = client.get(where, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(where, headers={"If-None-Match": '"other"'}).status_code == 200
    listed = client.get("/students")
    same = client.get("/students", headers={"If-None-Match": listed.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    changed = client.patch(where, json={"name": "Eve"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert client.get("/students", headers={"If-None-Match": listed.headers["ETag"]}).status_code == 200
    for stale in (
        client.patch(where, json={"name": "Bob"}, headers={"If-Match": tag}),
        client.delete(where, headers={"If-Match": tag}),
        client.put(where, json={"name": "Bob"}, headers={"If-Match": tag}),
    ):
        assert (stale.status_code, stale.json()["error"]["code"]) == (412, "VERSION_CONFLICT")
    assert client.delete(where, headers={"If-Match": changed.headers["ETag"]}).status_code == 204


ADDRESS = {
    "type": "object",
    "required": ["street"],
    "properties": {
        "street": {"type": "string", "minLength": 2},
        "class": {"type": ["string", "null"]},
        "since": {"type": "string", "format": "date"},
        "geo": {"type": "object", "required": ["lat"], "properties": {"lat": {"type": "number"}}},
        "other": {"$ref": "#/components/schemas/Nowhere"},
    },
}
PARCEL = entity(
    "Parcel",
    uuid_key(),
    field("address", type_=Type(Kind.JSON, schema=ADDRESS)),
    field("size", type_=Type(Kind.JSON, schema={"oneOf": [{"type": "string"}, {"type": "integer"}]}), required=False),
    field("stops", type_=Type(Kind.ARRAY, items=Type(Kind.JSON, schema=ADDRESS)), required=False),
    field("createdAt", Kind.DATETIME),
)
POST = model_of(PARCEL)


def test_nested_objects_and_unions_are_checked_and_kept(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(POST), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    home = {"street": "Main", "class": "b", "since": "2024-01-02", "geo": {"lat": 1.5}}
    with served(api, url) as client:
        made = client.post("/parcels", json={"address": home, "size": 3, "stops": [{"street": "Side"}]})
        assert made.status_code == 201, made.text
        assert made.json() | {"address": home, "size": 3, "stops": [{"street": "Side"}]} == made.json()
        changed = client.patch(made.headers["Location"], json={"size": "large"})
        assert (changed.json()["size"], changed.json()["address"]) == ("large", home)
        for wrong in ({"street": "x"}, {}, {"street": "Main", "geo": {}}, {"street": "Main", "since": "soon"}, "Main"):
            refused = client.post("/parcels", json={"address": wrong})
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, "VALIDATION_ERROR"), wrong
        assert client.post("/parcels", json={"address": home, "size": [1]}).status_code == 400
    for argv in (("format", "--check", "."), ("check", "--no-cache", ".")):
        ran(api, url, "ruff", *argv)
    ran(api, url, "pytest", "-p", "no:cacheprovider", "-W", "error")


def test_rows_that_are_too_old_are_purged(school: Any) -> None:
    client, url, api = school
    for name in ("Old", "New"):
        where = client.post("/students", json={"name": name}).headers["Location"]
        assert client.delete(where).status_code == 204
    client.post("/students", json={"name": "Here"})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE students SET deleted_at = now() - interval '31 days' WHERE name = 'Old'")
    assert "students: 1 too old" in ran(api, url, "app.purge", "--dry-run")
    assert "students: 1 removed" in ran(api, url, "app.purge")
    assert "students: 0 removed" in ran(api, url, "app.purge")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM students ORDER BY name").fetchall() == [("Here",), ("New",)]


def test_nothing_of_this_is_written_where_the_specs_say_nothing() -> None:
    extra = {f"api/app/{name}.py" for name in ("auth", "credentials", "security", "links", "purge", "retention")}
    assert not extra & files_of(POST).keys()


SCHEMES: Mapping[str, Any] = {
    "token": {"type": "http", "scheme": "bearer"},
    "password": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "oauth": {"type": "oauth2", "flows": {}},
}


def guarded(*alternatives: Mapping[str, Any]) -> Model:
    """A model whose list of courses demands a caller."""
    made = with_all(COURSE)
    endpoints = tuple(
        replace(e, security=alternatives, derived=True) if e.action == "list" else e for e in made.endpoints
    )
    return replace(made, endpoints=endpoints, security_schemes=SCHEMES)


@pytest.mark.parametrize(
    ("alternatives", "good", "forbidden", "challenge"),
    [
        (({"token": []},), {"Authorization": "Bearer t1"}, None, "Bearer"),
        (({"oauth": ["read"]},), {"Authorization": "bearer t1"}, {"Authorization": "Bearer t2"}, "Bearer"),
        (({"unknown": []},), {"Authorization": "Bearer t1"}, None, "Bearer"),
        (({"password": []},), {"Authorization": "Basic YTpi"}, None, 'Basic realm="api", charset="UTF-8"'),
        (({"key": []},), {"X-Key": "t1"}, None, None),
        (({"cookie": []},), {"Cookie": "sid=t1"}, None, None),
        (({"key": [], "token": []},), {"X-Key": "t1", "Authorization": "Bearer t2"}, None, "Bearer"),
        (({"key": []}, {"token": []}), {"Authorization": "Bearer t2"}, None, "Bearer"),
    ],
)
def test_callers_are_asked_for(
    alternatives: Any, good: Any, forbidden: Any, challenge: Any, emitted: Emit, new_database: NewDatabase
) -> None:
    api, url = emitted(guarded(*alternatives)), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    tokens = '{"t1": ["read"], "t2": [], "a:b": ["*"]}'
    with served(api, url, AUTH_TOKENS=tokens) as client:
        assert client.get("/courses", headers=good).status_code == 200
        wrongs: list[dict[str, str]] = [
            {},
            {"Authorization": "Bearer nope"},
            {"Authorization": "Basic !!"},
            {"X-Key": "nope"},
        ]
        for wrong in wrongs:
            refused = client.get("/courses", headers=wrong, params={"limit": "0"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (401, "UNAUTHENTICATED")
            assert refused.headers.get("WWW-Authenticate") == challenge
        if forbidden:
            refused = client.get("/courses", headers=forbidden)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
            assert refused.json()["error"]["details"] == {"scopes": ["read"]}
        assert client.post("/courses", json={"title": "Open"}).status_code == 201


def test_a_guarded_service_is_clean_and_its_tests_pass(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(guarded({"key": []}, {"oauth": ["read", "write"]})), new_database()
    for argv in (("format", "--check", "."), ("check", "--no-cache", ".")):
        ran(api, url, "ruff", *argv)
    ran(api, url, "pytest", "-p", "no:cacheprovider", "-W", "error")


def test_an_alternative_without_demands_lets_everybody_in() -> None:
    assert "api/app/security.py" not in files_of(guarded({}, {"token": []}))


def test_the_school_is_clean_and_passes_its_tests(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(SCHOOL), new_database()
    for argv in (("format", "--check", "."), ("check", "--no-cache", ".")):
        ran(api, url, "ruff", *argv)
    ran(api, url, "pytest", "-p", "no:cacheprovider", "-W", "error")
