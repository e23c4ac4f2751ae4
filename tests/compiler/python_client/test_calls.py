"""What the client puts on the wire, what it makes of answers, and when it tries again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

Answer = Callable[[httpx.Request], httpx.Response]


class Wire:
    """A service that answers from a list, and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        self.asked.append(sent)  # a copy: signing again changes the request
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def last(self) -> httpx.Request:
        return self.asked[-1]


def client_of(package: Any, *answers: httpx.Response | Exception, **facts: Any) -> tuple[Any, Wire]:
    """A client whose service answers in this order, the last one for ever; it never waits."""
    wire = Wire(*answers)
    facts.setdefault("retries", package.Retries(first_wait=0))
    return package.Client("http://service/base/", http=httpx.Client(transport=httpx.MockTransport(wire)), **facts), wire


def ok(body: Any, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=body, headers=headers)


def refusal(status: int, policy: str = "none", **headers: str) -> httpx.Response:
    error = {"code": "SOME_CODE", "message": "No.", "retryPolicy": policy, "requestId": "r-1", "details": {"a": 1}}
    return httpx.Response(status, json={"error": error}, headers=headers)


def search(client: Any) -> Any:
    """The group of the operation `search`, whatever its tag made of its name."""
    return next(getattr(client, name) for name in dir(type(client)) if name.startswith("searching"))


def test_parameters_are_written_in_their_styles(odd_client: Any) -> None:
    client, wire = client_of(odd_client, ok({"results": []}))
    search(client).search(
        q="a&b=c d",
        ids=[1, 2],
        pipes=["x", "y|z"],
        filter=odd_client.models.SearchFilter(from_="1", to="2"),
        list_=["m", "n"],
        class_='d"q',
        x_trace="t",
        session="s;1",
    )
    assert wire.last.url.query.decode() == (
        "q=a%26b%3Dc%20d&ids=1,2&pipes=x%7Cy%7Cz&filter[from]=1&filter[to]=2&class=d%22q&list=m&list=n"
    )
    assert wire.last.headers["x-trace"] == "t"
    assert wire.last.headers["cookie"] == "session=s%3B1"


def test_paths_hold_what_is_given_and_lead_nowhere_else(odd_client: Any) -> None:
    client, wire = client_of(odd_client, ok({}), ok({}), ok([]))
    client.points.point(1.5, -2)
    assert wire.last.url.raw_path == b"/base/points/1.5,-2"
    client.label.label(["a", "b c"], "../x")
    assert wire.last.url.raw_path == b"/base/label/;ids=a,b%20c/..%2Fx"
    client.label.get_label_ids(["a", "b"])
    assert wire.last.url.raw_path == b"/base/label/.a.b"
    for bad in ("", ".", ".."):
        with pytest.raises(ValueError, match="name must be"):
            client.files.download(bad)


def test_forms_and_files(odd_client: Any) -> None:
    client, wire = client_of(odd_client, httpx.Response(204))
    body = odd_client.models.ClassRequest(
        file=odd_client.Upload(b"\x00\xff", "ä.bin", "image/x"), more=[b"1", b"2"], meta={"a": 1}, note="hi"
    )
    assert client.files.class_("one", body) is None
    sent = wire.last.read()
    assert sent.count(b'name="more"') == 2
    assert b"image/x" in sent
    assert b"\x00\xff" in sent
    assert b'{"a":1}' in sent
    client.form.login(odd_client.models.LoginRequest(user_name="a b", tags=["x", "y"]))
    assert wire.last.read() == b"user%20name=a%20b&tags=x&tags=y"
    assert wire.last.headers["content-type"] == "application/x-www-form-urlencoded"
    client.files.raw("one", b"\x01")
    assert (wire.last.read(), wire.last.headers["content-type"]) == (b"\x01", "application/octet-stream")


def test_bytes_and_text_come_as_they_are(odd_client: Any) -> None:
    client, _ = client_of(odd_client, httpx.Response(200, content=b"\xff\x00"), httpx.Response(200, text="día"))
    assert client.files.download("x") == b"\xff\x00"
    assert client.files.raw("x", b"") == "día"


def test_a_body_sends_what_was_given_and_nothing_else(odd_client: Any) -> None:
    models = odd_client.models
    client, wire = client_of(odd_client, ok({"kind": "cat", "lives": 9, "new field": 1}))
    answer = client.import_.import_([models.ImportRequestItem2(x="é"), "text"])
    assert json.loads(wire.last.read()) == [{"x": "é"}, "text"]
    assert (answer.lives, answer.extra, answer.model_extra) == (9, None, {"new field": 1})
    dog = models.Dog(kind="dog", level=None, friend=models.Cat(kind="cat", self_="me"))
    assert odd_client.runtime.encoding.plain_of(dog) == {
        "kind": "dog",
        "level": None,
        "friend": {"kind": "cat", "self": "me"},
    }


def test_unions_circles_and_formats_are_read(odd_client: Any) -> None:
    models = odd_client.models
    found = {"results": [{"kind": "dog", "map": {"t": {"children": [{"when": "2030-01-15T09:30:00Z"}]}}}]}
    client, _ = client_of(odd_client, ok(found))
    (dog,) = search(client).search(q="x").results
    assert isinstance(dog, models.Dog)
    assert dog.map["t"].children[0].when.isoformat() == "2030-01-15T09:30:00+00:00"
    client, _ = client_of(odd_client, ok({"a": [1.5, "x", [{}]]}), httpx.Response(204))
    assert client.form.login(models.LoginRequest()) == {"a": [1.5, "x", [{}]]}
    assert client.form.login(models.LoginRequest()) is None


def test_a_refusal_is_an_exception_that_says_why(odd_client: Any) -> None:
    statuses = {400: "BadRequest", 401: "Unauthenticated", 404: "NotFound", 409: "Conflict", 412: "PreconditionFailed"}
    for status, name in (statuses | {422: "Invalid", 500: "ServerError", 418: "ApiError"}).items():
        client, _ = client_of(odd_client, refusal(status))
        with pytest.raises(odd_client.ApiError) as caught:
            client.files.download("x")
        problem = caught.value
        assert type(problem).__name__ == name
        assert (problem.status, problem.code, problem.message) == (status, "SOME_CODE", "No.")
        assert (problem.request_id, problem.details) == ("r-1", {"a": 1})
    client, _ = client_of(odd_client, httpx.Response(404, text="<html>"))
    with pytest.raises(odd_client.NotFound, match="404 Not Found"):
        client.files.download("x")
    client, _ = client_of(odd_client, httpx.Response(400, json={"title": "Bad", "type": "urn:x", "detail": "Why"}))
    with pytest.raises(odd_client.BadRequest, match="400 urn:x: Why"):
        client.files.download("x")


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"results": 5}', b"nonsense", b"[" * 5000])
def test_a_success_that_breaks_the_contract_is_said(odd_client: Any, body: bytes) -> None:
    client, _ = client_of(odd_client, httpx.Response(200, content=body))
    with pytest.raises(odd_client.UnexpectedAnswer, match="GET /search answered 200"):
        search(client).search(q="x")


def test_what_was_answered_is_not_in_the_message(odd_client: Any) -> None:
    client, _ = client_of(odd_client, ok({"results": [{"kind": "private words"}]}))
    with pytest.raises(odd_client.UnexpectedAnswer) as caught:
        search(client).search(q="x")
    assert "results.0" in str(caught.value)
    assert "private" not in str(caught.value)


def test_what_may_be_repeated_is_repeated(odd_client: Any) -> None:
    busy = refusal(503, **{"Retry-After": "0"})
    for answer in (
        busy,
        refusal(502),
        refusal(504),
        refusal(429),
        httpx.ReadError("broken"),
        httpx.ReadTimeout("late"),
    ):
        client, wire = client_of(odd_client, answer, answer, httpx.Response(200, content=b"x"))
        assert client.files.download("x") == b"x"
        assert len(wire.asked) == 3
    client, wire = client_of(odd_client, busy)
    with pytest.raises(odd_client.ServerError):
        client.files.download("x")
    assert len(wire.asked) == 3
    client, wire = client_of(odd_client, refusal(500))
    with pytest.raises(odd_client.ServerError):
        client.files.download("x")
    assert len(wire.asked) == 1


def test_a_post_is_repeated_only_where_that_does_no_harm(odd_client: Any) -> None:
    done = httpx.Response(202, text="done")
    for answer in (refusal(503), refusal(502), httpx.ReadError("broken")):
        client, wire = client_of(odd_client, answer, done)
        with pytest.raises(odd_client.ClientError):
            client.files.raw("x", b"")
        assert len(wire.asked) == 1
    for answer in (refusal(429), refusal(503, "safe"), httpx.ConnectError("nobody there")):
        client, wire = client_of(odd_client, answer, done)
        assert client.files.raw("x", b"") == "done"
        assert len({request.headers["idempotency-key"] for request in wire.asked}) == 1
        assert len(wire.asked) == 2
    client, wire = client_of(odd_client, refusal(503), ok({"kind": "cat"}))
    client.import_.import_(["a"])
    assert len(wire.asked) == 2, "the contract knows the key: sent twice, done once"
    first = wire.last.headers["idempotency-key"]
    client.import_.import_(["a"])
    assert wire.last.headers["idempotency-key"] != first
    client.with_options(idempotency_key="mine").import_.import_(["a"])
    assert wire.last.headers["idempotency-key"] == "mine"


def test_a_wait_that_is_too_long_is_not_waited(odd_client: Any) -> None:
    client, wire = client_of(odd_client, refusal(429, **{"Retry-After": "3600"}))
    with pytest.raises(odd_client.TooManyRequests):
        client.files.download("x")
    assert len(wire.asked) == 1


@given(attempt=st.integers(1, 60), header=st.text(max_size=30))
def test_waits_are_bounded_whatever_the_service_says(odd_client: Any, attempt: int, header: str) -> None:
    from odd_client.runtime import retries

    response = httpx.Response(429, headers={"Retry-After": header.encode("utf-8", "replace").hex()})
    patience = retries.Retries(most=60)
    call = odd_client.Call("GET", "/x")
    wait = retries.wait_before(call, odd_client.TooManyRequests(response), attempt, patience)
    assert wait is None or 0 <= wait <= 60
    said = retries.retry_after(header)
    assert said is None or said >= 0


def test_lists_are_walked_by_offset_and_page(odd_client: Any) -> None:
    pages = [ok([{}, {}]), ok([{}]), ok([])]
    client, wire = client_of(odd_client, *pages)
    assert len(list(client.models.offsets.items(limit=2))) == 3
    assert [r.url.params.get("offset") for r in wire.asked] == [None, "2", "3"]
    client, wire = client_of(odd_client, ok({"results": [{"kind": "cat"}]}), ok({"results": []}))
    assert [found.kind for found in search(client).search.items(q="x")] == ["cat"]
    assert [r.url.params.get("page") for r in wire.asked] == [None, "2"]


def test_conditions_and_headers_travel(odd_client: Any) -> None:
    client, wire = client_of(
        odd_client, httpx.Response(200, content=b"x", headers={"ETag": '"1"'}), headers={"X-A": "1"}
    )
    reply = client.files.download.raw("x")
    assert (reply.value, reply.status, reply.etag) == (b"x", 200, '"1"')
    client.with_options(if_match=reply.etag).files.download("x")
    assert (wire.last.headers["if-match"], wire.last.headers["x-a"]) == ('"1"', "1")
    client, _ = client_of(odd_client, httpx.Response(304))
    with pytest.raises(odd_client.NotModified):
        client.with_options(if_none_match='"1"').files.download("x")


def test_a_token_is_asked_for_again_when_it_was_refused(odd_client: Any) -> None:
    tokens = iter(["old", "new"])
    client, wire = client_of(odd_client, refusal(401), httpx.Response(200, content=b"x"), auth=lambda: next(tokens))
    assert client.files.download("x") == b"x"
    assert [r.headers["authorization"] for r in wire.asked] == ["Bearer old", "Bearer new"]
    for location, seen in (("query", b"key=k"), ("header", None)):
        client, wire = client_of(
            odd_client, httpx.Response(200, content=b"x"), auth=odd_client.ApiKey("key", "k", location)
        )
        client.files.download("x")
        assert (wire.last.url.query == seen) if seen else (wire.last.headers["key"] == "k")


async def test_the_asynchronous_client_does_the_same(odd_client: Any) -> None:
    wire = Wire(refusal(503), ok([{}, {}]), ok([{}]), ok([]))
    http = httpx.AsyncClient(transport=httpx.MockTransport(wire))

    async def token() -> str:
        return "t"

    retries = odd_client.Retries(first_wait=0)
    async with odd_client.AsyncClient("http://service", auth=token, http=http, retries=retries) as client:
        assert len([item async for item in client.models.offsets.items()]) == 3
        assert [r.url.params.get("offset") for r in wire.asked] == [None, None, "2", "3"]
        assert {r.headers["authorization"] for r in wire.asked} == {"Bearer t"}
        wire.answers = [refusal(404)]
        with pytest.raises(odd_client.NotFound):
            await client.files.download("x")
