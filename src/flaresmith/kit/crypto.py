"""Secrets at rest: AES-256-GCM with a key version and the row it belongs to bound in; tokens only as hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from flaresmith.kit.errors import Failed, Unavailable
from flaresmith.kit.settings import settings

_VERSION = b"\x01"


def new_token(nbytes: int = 32) -> str:
    """A fresh URL-safe secret."""
    return secrets.token_urlsafe(nbytes)


def token_hash(token: str) -> bytes:
    """What is kept of a random token: its SHA-256, 32 bytes."""
    return hashlib.sha256(token.encode()).digest()


def encrypt(plain: str, *, bound_to: str) -> bytes:
    """Ciphertext of `plain` that opens only with the same `bound_to` (table, row and column, say)."""
    nonce = os.urandom(12)
    return _VERSION + nonce + AESGCM(_master_key()).encrypt(nonce, plain.encode(), bound_to.encode())


def decrypt(sealed: bytes, *, bound_to: str) -> str:
    """The text again; Failed when the key, the binding or the bytes are not the same."""
    if sealed[:1] != _VERSION:
        raise Failed("A stored secret was written with an unknown key version.")
    try:
        return AESGCM(_master_key()).decrypt(sealed[1:13], sealed[13:], bound_to.encode()).decode()
    except InvalidTag:
        raise Failed("A stored secret cannot be opened with this MASTER_ENC_KEY.") from None


def derived_secret(*purpose: str) -> str:
    """A secret that only this installation can compute, the same each time for the same purpose."""
    return base64.urlsafe_b64encode(hmac.digest(_master_key(), "\x1f".join(purpose).encode(), "sha256")).decode()[:43]


def _master_key() -> bytes:
    given = settings().master_key
    if given is not None:
        return _decoded(given.get_secret_value())
    if settings().production:
        raise Unavailable("MASTER_ENC_KEY is not set.")
    return _kept_key(settings().data / "keys" / "master")


@cache
def _kept_key(path: Path) -> bytes:
    return _decoded(_key_file(path).strip())


def _decoded(text: str) -> bytes:
    key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_")
    if len(key) != 32:
        raise Unavailable("MASTER_ENC_KEY must be 32 bytes in base64.")
    return key


def _key_file(path: Path) -> str:
    """The key in `path`, made once; two processes that race read the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(0o600)
    draft.write_text(base64.urlsafe_b64encode(os.urandom(32)).decode())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
