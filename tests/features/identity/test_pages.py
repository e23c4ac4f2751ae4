"""The pages that make somebody known, as a browser uses them: cookies, refusals, links, nothing from other sites."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import make_client

from flaresmith.features.identity import live, pages
from flaresmith.features.identity.live import recognise
from flaresmith.kit import clock
from flaresmith.kit.redact import redacted_text
from flaresmith.kit.settings import settings

PASSWORD = "an otter in the bath"
ZOE = {"email": "zoe@example.org", "password": PASSWORD}


@pytest.fixture
async def browser(client: httpx.AsyncClient, base_url: str) -> httpx.AsyncClient:
    """A browser on a page of ours: asks for HTML, and says where its forms come from."""
    client.headers.update({"accept": "text/html", "origin": base_url, "sec-fetch-site": "same-origin"})
    return client


def cookie_of(answer: httpx.Response) -> tuple[str, str, dict[str, str]]:
    """Name, value and attributes of the session cookie that was set."""
    (header,) = [h for h in answer.headers.get_list("set-cookie") if "fs_session" in h]
    ((name, morsel),) = SimpleCookie(header).items()
    return name, morsel.value, {key: str(value) for key, value in morsel.items() if value}


async def whose(client: httpx.AsyncClient, cookie: str) -> str:
    answer = await client.get("/api/v1/auth/session", headers={"cookie": f"fs_session={cookie}"})
    return str(answer.json()["user"]["email"]) if answer.status_code == 200 else ""


class TestRegister:
    async def test_opens_an_account_and_signs_in(self, browser: httpx.AsyncClient) -> None:
        assert "Create an account" in (await browser.get("/register")).text
        answer = await browser.post("/register", data={**ZOE, "name": "Zoë"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert await whose(browser, cookie_of(answer)[1]) == "zoe@example.org"

    async def test_shows_what_is_wrong_and_keeps_what_was_typed_but_the_password(
        self, browser: httpx.AsyncClient
    ) -> None:
        answer = await browser.post("/register", data={"email": 'zoe@"<b>', "name": "<i>Zoë", "password": "short"})
        assert answer.status_code == 400
        assert "this is not an e-mail address" in answer.text
        assert "at least 8 characters" in answer.text
        assert "&lt;i&gt;Zoë" in answer.text
        assert "<i>" not in answer.text
        assert "short" not in re.sub(r"shortcut", "", answer.text)

    async def test_a_taken_address_and_a_common_password_are_said(self, browser: httpx.AsyncClient) -> None:
        await browser.post("/register", data=ZOE)
        browser.cookies.clear()
        taken = await browser.post("/register", data=ZOE)
        assert (taken.status_code, "There is an account" in taken.text) == (409, True)
        weak = await browser.post("/register", data={"email": "y@example.org", "password": "password1"})
        assert (weak.status_code, "anybody would try" in weak.text) == (400, True)


class TestSignIn:
    @pytest.fixture(autouse=True)
    async def zoe(self, client: httpx.AsyncClient, database: str) -> None:
        assert (await client.post("/api/v1/auth/register", json=ZOE)).status_code == 201

    async def test_sets_a_cookie_that_only_our_pages_can_use(self, browser: httpx.AsyncClient) -> None:
        answer = await browser.post("/sign-in", data=ZOE)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        name, value, attributes = cookie_of(answer)
        assert name == "fs_session"
        assert attributes == {"path": "/", "max-age": "2592000", "httponly": "True", "samesite": "strict"}
        assert await whose(browser, value) == "zoe@example.org"

    async def test_behind_https_the_cookie_is_bound_to_the_host(
        self, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FLARESMITH_WEB_URL", "https://flaresmith.example.org")
        settings.cache_clear()
        try:
            answer = await browser.post("/sign-in", data=ZOE)
        finally:
            monkeypatch.undo()
            settings.cache_clear()
        name, value, attributes = cookie_of(answer)
        assert name == "__Host-fs_session"
        assert attributes["secure"] == "True"
        assert "domain" not in attributes
        session = await browser.get("/api/v1/auth/session", headers={"cookie": f"__Host-fs_session={value}"})
        assert session.status_code == 200

    @pytest.mark.parametrize("email", ["zoe@example.org", "nobody@example.org", "no address", "\x00", '"><script>'])
    async def test_a_refusal_does_not_say_which_part_was_wrong(self, browser: httpx.AsyncClient, email: str) -> None:
        answer = await browser.post("/sign-in", data={"email": email, "password": "not this one"})
        assert answer.status_code == 401
        assert "The e-mail address or the password is wrong." in answer.text
        assert "<script>" not in answer.text
        assert "set-cookie" not in answer.headers

    async def test_too_many_tries_are_refused_here_as_well(self, browser: httpx.AsyncClient) -> None:
        for _ in range(5):
            await browser.post("/sign-in", data={**ZOE, "password": "not this one"})
        answer = await browser.post("/sign-in", data=ZOE)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60

    async def test_a_cookie_somebody_planted_is_not_adopted(self, browser: httpx.AsyncClient) -> None:
        browser.cookies.set("fs_session", "fsa_planted")
        _, value, _ = cookie_of(await browser.post("/sign-in", data=ZOE))
        assert value != "fsa_planted"
        assert await whose(browser, "fsa_planted") == ""

    async def test_signing_in_again_ends_the_session_before(self, browser: httpx.AsyncClient) -> None:
        _, first, _ = cookie_of(await browser.post("/sign-in", data=ZOE))
        _, second, _ = cookie_of(await browser.post("/sign-in", data=ZOE))
        assert (await whose(browser, first), await whose(browser, second)) == ("", "zoe@example.org")

    async def test_the_cookie_lasts_a_week_from_its_last_use_and_a_month_at_most(
        self, browser: httpx.AsyncClient
    ) -> None:
        now = datetime.now(UTC)
        _, used, _ = cookie_of(await browser.post("/sign-in", data=ZOE))
        browser.cookies.clear()
        _, idle, _ = cookie_of(await browser.post("/sign-in", data=ZOE))
        for day in (6, 12, 18, 24, 29):
            recognise.forget()
            with clock.at(now + timedelta(days=day)):
                assert await whose(browser, used) == "zoe@example.org"
        with clock.at(now + timedelta(days=7, minutes=1)):
            assert await whose(browser, idle) == ""
        with clock.at(now + timedelta(days=30, minutes=1)):
            assert await whose(browser, used) == ""

    async def test_goes_on_to_the_page_that_was_asked_for(self, browser: httpx.AsyncClient) -> None:
        page = await browser.get("/sign-in", params={"next": "/projects/shop?tab=plan"})
        assert 'value="/projects/shop?tab=plan"' in page.text
        answer = await browser.post("/sign-in", data={**ZOE, "next": "/projects/shop?tab=plan"})
        assert answer.headers["location"] == "/projects/shop?tab=plan"
        again = await browser.get("/sign-in", params={"next": "/projects"})
        assert (again.status_code, again.headers["location"]) == (303, "/projects")

    @pytest.mark.parametrize(
        "target",
        [
            "//evil.example.org",
            "/\\evil.example.org",
            "https://evil.example.org",
            "https:evil.example.org",
            "javascript:alert(1)",
            "/ok\r\nset-cookie: a=b",
            "\\\\evil",
            "/a\\b",
            "user@evil.example.org",
            "",
            "/" + "x" * 2000,
        ],
    )
    async def test_never_goes_on_to_another_site(self, browser: httpx.AsyncClient, target: str) -> None:
        answer = await browser.post("/sign-in", data={**ZOE, "next": target})
        assert answer.headers["location"] == "/"

    async def test_sign_out_ends_it_here_and_on_the_server(self, browser: httpx.AsyncClient) -> None:
        _, value, _ = cookie_of(await browser.post("/sign-in", data=ZOE))
        answer = await browser.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert 'fs_session=""' in ";".join(answer.headers.get_list("set-cookie"))
        assert await whose(browser, value) == ""

    async def test_sign_out_without_a_session_is_no_error(self, browser: httpx.AsyncClient) -> None:
        assert (await browser.post("/sign-out")).status_code == 303

    @pytest.mark.parametrize("path", ["/sign-in", "/register", "/sign-out", "/sign-in/link/x"])
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example.org"},
            {"origin": "null"},
        ],
    )
    async def test_forms_from_other_sites_are_refused(
        self, client: httpx.AsyncClient, path: str, headers: dict[str, str]
    ) -> None:
        answer = await client.post(path, data={**ZOE, "email": "new@example.org"}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers

    async def test_files_are_not_taken(self, browser: httpx.AsyncClient) -> None:
        answer = await browser.post("/sign-in", files={"email": ("a", b"x"), "password": ("b", b"y")})
        assert answer.status_code == 400


class TestLink:
    async def test_looking_does_not_spend_it(self, browser: httpx.AsyncClient) -> None:
        path = await live.first_owner() or ""
        for _ in range(3):
            shown = await browser.get(path)
            assert shown.status_code == 200
            assert "set-cookie" not in shown.headers
            assert f'action="{path}"' in shown.text
        assert (await browser.head(path)).status_code in (200, 405)
        answer = await browser.post(path)
        assert answer.status_code == 303
        assert await whose(browser, cookie_of(answer)[1]) == "owner@localhost"

    async def test_a_spent_one_says_so_and_offers_the_form(self, browser: httpx.AsyncClient) -> None:
        path = await live.first_owner() or ""
        await browser.post(path)
        browser.cookies.clear()
        answer = await browser.post(path)
        assert answer.status_code == 400
        assert "was used, has expired" in answer.text
        assert 'action="/sign-in"' in answer.text

    async def test_an_expired_one(self, browser: httpx.AsyncClient) -> None:
        path = await live.first_owner() or ""
        with clock.at(datetime.now(UTC) + timedelta(hours=25)):
            assert (await browser.post(path)).status_code == 400

    async def test_it_is_redacted_wherever_a_path_is_logged(self, database: str) -> None:
        path = await live.first_owner() or ""
        assert path.rpartition("/")[2] not in redacted_text(f'{{"path": "{path}"}}')


class TestOrigin:
    async def test_a_cookie_is_no_good_from_another_site(self, browser: httpx.AsyncClient) -> None:
        await browser.post("/register", data=ZOE)
        for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
            assert (await browser.post("/api/v1/auth/signoutAll", headers=headers)).status_code == 403
        assert (await browser.post("/api/v1/auth/signoutAll")).status_code == 204

    async def test_a_cookie_of_this_site_works_for_the_api(self, app: object, base_url: str, database: str) -> None:
        async with make_client(app, base_url) as page:
            await page.post("/register", data=ZOE, headers={"origin": base_url})
            assert (await page.get("/api/v1/auth/session")).json()["user"]["email"] == "zoe@example.org"


@given(st.text(max_size=60))
def test_wherever_next_leads_it_is_a_path_of_ours(text: str) -> None:
    for candidate in (text, "/" + text, "//" + text, "/\\" + text):
        path = pages._own_path(candidate)
        assert path.startswith("/")
        assert not path.startswith(("//", "/\\"))
        assert path.isascii()
        assert path.isprintable()
