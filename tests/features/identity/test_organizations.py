"""Organizations: everybody may found one, owns it, and sees only those they are a member of."""

import asyncio

import httpx
import psycopg
import pytest
from tests.cast import Person

from flaresmith.features.identity.invariants import INVARIANTS

PATH = "/api/v1/organizations"


async def test_the_founder_owns_it(ada: Person) -> None:
    made = await ada.client.post(PATH, json={"name": "  Analytical Engines & Co.  "})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["slug"]) == ("Analytical Engines & Co.", "analytical-engines-co")
    items = (await ada.client.get(PATH)).json()["items"]
    assert (items[0]["slug"], items[0]["role"]) == ("analytical-engines-co", "owner")


async def test_others_do_not_see_it(ada: Person, bob: Person) -> None:
    await ada.client.post(PATH, json={"name": "Analytical Engines"})
    assert [i["id"] for i in (await bob.client.get(PATH)).json()["items"]] == [str(bob.org_id)]


async def test_a_short_name_is_taken_once(ada: Person, bob: Person) -> None:
    answers = await asyncio.gather(
        *(person.client.post(PATH, json={"name": "Engines", "slug": "engines"}) for person in (ada, bob, ada, bob))
    )
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 409} == {"ORGANIZATION_SLUG_TAKEN"}


async def test_a_name_without_latin_letters_gets_a_short_name(ada: Person) -> None:
    made = await ada.client.post(PATH, json={"name": "図書館の道具"})
    assert made.status_code == 201
    assert made.json()["slug"].startswith("org-")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "ab"},
        {"name": "x" * 65},
        {"name": "a\u0000bc"},
        {"name": "   a   "},
        {"name": ["Engines"]},
        {"name": "Engines", "slug": "../etc"},
        {"name": "Engines", "slug": "Upper"},
        {"name": "Engines", "slug": "x" * 49},
        {"name": "Engines", "slug": ""},
    ],
)
async def test_bad_names_are_refused(ada: Person, body: dict[str, object]) -> None:
    assert (await ada.client.post(PATH, json=body)).status_code == 400
    assert len((await ada.client.get(PATH)).json()["items"]) == 1


async def test_nobody_founds_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.post(PATH, json={"name": "Engines"})).status_code == 401
    assert (await client.get(PATH)).status_code == 401


async def test_pages_by_cursor(ada: Person) -> None:
    for n in range(4):
        await ada.client.post(PATH, json={"name": f"Engines {n}"})
    seen, cursor = [], ""
    while True:
        page = (await ada.client.get(PATH, params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["slug"] for item in page["items"]]
        assert page["hasMore"] == (page["nextCursor"] is not None)
        if not page["hasMore"]:
            break
        cursor = page["nextCursor"]
    assert seen[:4] == ["engines-3", "engines-2", "engines-1", "engines-0"]
    assert len(seen) == 5


@pytest.mark.parametrize("query", ["cursor=%00", "cursor=AAAA", "limit=0", "limit=101", "limit=x"])
async def test_bad_pages(ada: Person, query: str) -> None:
    assert (await ada.client.get(f"{PATH}?{query}")).status_code == 400


async def test_founding_is_in_the_audit_log_and_an_event(ada: Person, database: str) -> None:
    made = (await ada.client.post(PATH, json={"name": "Engines"})).json()
    with psycopg.connect(database) as sql:
        audit = sql.execute("SELECT actor_id FROM audit_log WHERE resource_id = %s", [made["id"]]).fetchall()
        events = sql.execute("SELECT payload FROM events WHERE name = 'identity.organization_created'").fetchall()
    assert audit == [(ada.id,)]
    assert events == [({"org_id": made["id"], "created_by": str(ada.id)},)]


async def test_the_invariants_hold_and_can_fail(ada: Person, bob: Person, database: str) -> None:
    await ada.client.post(PATH, json={"name": "Engines"})
    with psycopg.connect(database) as sql:
        for name, statement in INVARIANTS.items():
            assert sql.execute(statement).fetchall() == [], name
        sql.execute("UPDATE organization_members SET role = 'member' WHERE user_id = %s", [bob.id])
        sql.execute("UPDATE users SET role = 'admin' WHERE id = %s", [bob.id])
        sql.execute("UPDATE sessions SET ends_at = now() - interval '1 day' WHERE user_id = %s", [bob.id])
        sql.execute("DELETE FROM organization_members WHERE user_id = %s", [ada.id])
        assert all(sql.execute(statement).fetchall() for statement in INVARIANTS.values())
        sql.rollback()
