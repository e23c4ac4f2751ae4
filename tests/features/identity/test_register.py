"""Opening an account over HTTP (flaresmith §16): what comes back, what is refused, and what hostile input does."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flaresmith.features.identity.errors import WeakPassword
from flaresmith.features.identity.schemas import NewAccount, NewOrganization
from flaresmith.features.identity.service import refuse_weak

PASSWORD = "an otter in the bath"


async def register(client: httpx.AsyncClient, **body: object) -> httpx.Response:
    return await client.post("/api/v1/auth/register", json={"email": "zoe@example.org", "password": PASSWORD, **body})


async def test_answers_with_tokens_that_work_and_the_person(client: httpx.AsyncClient) -> None:
    answer = await register(client, email=" Zoe@Example.ORG ", name="Zoë")
    assert answer.status_code == 201
    body = answer.json()
    assert body["user"]["email"] == "zoe@example.org"
    assert body["user"]["displayName"] == "Zoë"
    assert body["type"] == "user"
    assert 895 <= body["expiresIn"] <= 900
    assert body["accessExpiresAt"].endswith("Z")
    bearer = {"authorization": f"Bearer {body['accessToken']}"}
    me = (await client.get("/api/v1/auth/session", headers=bearer)).json()
    assert me["user"] == body["user"]


async def test_everybody_gets_an_organization_of_their_own(client: httpx.AsyncClient) -> None:
    token = (await register(client, name="Zoë")).json()["accessToken"]
    bearer = {"authorization": f"Bearer {token}"}
    (home,) = (await client.get("/api/v1/organizations", headers=bearer)).json()["items"]
    assert home["role"] == "owner"
    assert home["name"] == "Zoë’s workspace"
    assert (await client.get("/api/v1/auth/session", headers=bearer)).json()["orgId"] == home["id"]


async def test_a_known_address_is_refused_whatever_its_case(client: httpx.AsyncClient) -> None:
    await register(client)
    again = await register(client, email="ZOE@example.org")
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "AUTH_USER_ALREADY_EXISTS"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "zoe",
        "@example.org",
        "zoe@",
        "zoe@localhost",
        "owner@localhost",
        "a@b@example.org",
        "zoe@exam ple.org",
        "zoe@example.org\u0000",
        "zoe\r\nBcc: x@example.org",
        "zoë@example.org",
        "zoe@-example.org",
        "x" * 65 + "@example.org",
        "zoe@" + "x" * 10_000 + ".org",
        "zoe@example.org\u202e",
        "<script>@example.org",
    ],
)
async def test_what_is_no_address_is_refused(client: httpx.AsyncClient, email: str) -> None:
    answer = await register(client, email=email)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["issues"][0]["path"] == "body.email"


@pytest.mark.parametrize("password", ["", "short", "x" * 129, "y" * 10_000])
async def test_passwords_have_8_to_128_characters(client: httpx.AsyncClient, password: str) -> None:
    answer = await register(client, password=password)
    assert answer.status_code == 400
    assert not password or password not in answer.text


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PASSWORD1!",
        "12345678",
        "87654321",
        "aaaaaaaaaaaa",
        "abababab",
        "Flaresmith",
        "zoezoe.z12!",
        "qwertyui",
    ],
)
async def test_passwords_that_anybody_would_try_first_are_refused(client: httpx.AsyncClient, password: str) -> None:
    answer = await register(client, email="zoezoe.z@example.org", password=password)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "AUTH_VALIDATION_FAILED")


async def test_a_password_counts_exactly_as_sent(client: httpx.AsyncClient) -> None:
    spaces = "  ünïcode \u0000 and spaces  "
    assert (await register(client, password=spaces)).status_code == 201
    login = {"email": "zoe@example.org"}
    trimmed = await client.post("/api/v1/auth/login", json={**login, "password": spaces.strip()})
    assert trimmed.status_code == 401
    assert (await client.post("/api/v1/auth/login", json={**login, "password": spaces})).status_code == 200


@pytest.mark.parametrize("name", ["\u0000", "a\u0000b", "x" * 65, "   ", "a\nb", "\u202eevil"])
async def test_names_without_control_characters(client: httpx.AsyncClient, name: str) -> None:
    assert (await register(client, name=name)).status_code == 400


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b'{"email": {"$ne": 1}, "password": []}', b"\xff\xfe"])
async def test_bodies_that_are_none(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/auth/register", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "VALIDATION_ERROR"


async def test_half_a_surrogate_is_refused_and_not_a_crash(client: httpx.AsyncClient) -> None:
    body = b'{"email": "zoe@example.org", "password": "12\\ud800345678901", "name": "\\udfff"}'
    answer = await client.post("/api/v1/auth/register", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=150), st.text(max_size=80))
def test_whatever_passes_can_be_stored(email: str, password: str, name: str) -> None:
    try:
        new = NewAccount(email=email, password=password, name=name)
    except ValidationError:
        return
    assert new.email == new.email.lower()
    assert "\x00" not in new.email + (new.name or "")
    assert new.password == password


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.text(min_size=3, max_size=64))
def test_organization_names_have_no_invisible_control(name: str) -> None:
    try:
        assert "\x00" not in NewOrganization(name=name).name
    except ValidationError:
        return


@given(st.text(alphabet="abcdefgh0123456789", min_size=12, max_size=128).filter(lambda p: len(set(p)) > 7))
def test_long_varied_passwords_are_welcome(password: str) -> None:
    if password not in "01234567890123456789" and password[::-1] not in "01234567890123456789":
        refuse_weak(password, email="zoe@example.org")


def test_weak_is_said_without_the_password() -> None:
    with pytest.raises(WeakPassword) as refused:
        refuse_weak("Iloveyou1", email="zoe@example.org")
    assert "iloveyou" not in refused.value.message.lower()
