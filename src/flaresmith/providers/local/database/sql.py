"""Small pieces of SQL that must be exactly right: quoting, the SCRAM verifier of a password, comments as JSON."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

import orjson

_ROUNDS = 4096


def identifier(name: str) -> str:
    """A name as PostgreSQL reads it back unchanged, whatever characters it has."""
    if "\0" in name:
        raise ValueError("a name cannot hold a zero byte")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text constant, whatever characters it has and however the server treats backslashes."""
    if "\0" in text:
        raise ValueError("a text cannot hold a zero byte")
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def password_verifier(password: str) -> str:
    """What the server keeps of a password (SCRAM-SHA-256): sent instead of it, so that no log can show it."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ROUNDS}:{_base64(salt)}${_base64(stored)}:{_base64(server)}"


def comment(tags: Mapping[str, str]) -> str:
    """Tags as the text of a comment."""
    return orjson.dumps({"flaresmith": dict(tags)}, option=orjson.OPT_SORT_KEYS).decode()


def tags(comment: str | None) -> dict[str, str] | None:
    """The tags in a comment, or None when it is not one of ours."""
    try:
        found = orjson.loads(comment or "null")
    except orjson.JSONDecodeError:
        return None
    ours = found.get("flaresmith") if isinstance(found, dict) else None
    return {str(name): str(value) for name, value in ours.items()} if isinstance(ours, dict) else None


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
