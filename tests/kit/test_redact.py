"""Secrets stay out of what is written down, however deep they lie."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.kit.redact import redacted, redacted_text

SECRET = "s3cr3t-Value-0123456789"
NAMES = ["password", "Authorization", "api_key", "apikey", "token", "refresh_token", "clientSecret", "client_secret",
         "cookie", "Set-Cookie", "database_url", "accessToken", "privateKey"]  # fmt: skip
SHAPES = [
    f"postgresql://ada:{SECRET}@127.0.0.1:5432/db",
    f"postgres://:{SECRET}@h/d",
    f"redis://:{SECRET}@h:6379/0",
    "AKIA" + "Q7R2X9W4" * 2,
    "ghp_" + "a1B2c3D4" * 5,
    "xoxb-" + "1234567890-abcdef",
    "eyJhbGciOiJub25lIn0" + ".eyJzdWIiOiIxIn0" + ".c2ln",
    "-----BEGIN " + f"PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
    "fsa_" + "x9Y8z7W6" * 4,
    f"http://127.0.0.1:3000/sign-in/link/{SECRET}",
]
WORDS = st.text("abcdefghij ", max_size=8)


@st.composite
def around(draw: Any, inner: dict[str, Any]) -> Any:
    """The value somewhere inside other JSON."""
    value: Any = inner
    for _ in range(draw(st.integers(0, 4))):
        value = draw(st.sampled_from([lambda v: [v, 1], lambda v: {"x": v}, lambda v: (v,)]))(value)
    return value


@given(st.data(), st.sampled_from(NAMES))
def test_what_is_named_like_a_secret_is_gone(data: st.DataObject, name: str) -> None:
    value = data.draw(around({name: SECRET, "kept": "kept"}))
    assert SECRET not in str(redacted(value))
    assert "kept" in str(redacted(value))


@given(st.data(), st.sampled_from(NAMES))
def test_a_secret_that_is_not_a_string_is_gone_too(data: st.DataObject, name: str) -> None:
    assert SECRET not in json.dumps(redacted(data.draw(around({name: [SECRET, {"deep": SECRET}]}))))


@given(st.data(), st.sampled_from(SHAPES), WORDS, WORDS)
def test_what_looks_like_a_secret_is_gone_wherever_it_stands(
    data: st.DataObject, secret: str, before: str, after: str
) -> None:
    shown = str(redacted(data.draw(around({"line": f"{before} {secret} {after}"}))))
    for part in (SECRET, secret):
        assert part not in shown
    assert before.strip() in shown


@pytest.mark.parametrize("plain", ["status code 200", "see http://127.0.0.1:4000/x", "a@b.example", "token bucket", ""])
def test_plain_text_is_left_alone(plain: str) -> None:
    assert redacted_text(plain) == plain
    assert redacted({"line": plain, "codeLine": 3}) == {"line": plain, "codeLine": 3}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"code": "ENV_NOT_FOUND"}, True),
        ({"state": "provisioning"}, True),
        ({"code": "4/0AX4XfWh2"}, False),
        ({"state": "xK9-fQ2zW8"}, False),
        ({"code": "123456"}, False),
    ],
)
def test_our_own_codes_and_states_stay_readable_and_those_of_a_sign_in_do_not(given, kept):
    assert (redacted(given) == given) is kept
