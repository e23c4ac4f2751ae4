"""Keep secrets out of what is written down: by the name of a key, and by what a value looks like (flaresmith §14)."""

from __future__ import annotations

import re
from typing import Any

_NAMES = re.compile(
    r"^(pass(word)?|secret|token|access_?token|refresh_?token|api_?key|authorization|auth|bearer|private_?key|"
    r"client_?secret|code|code_?verifier|state|(set-)?cookie|dsn|database_url|redis_url)$",
    re.IGNORECASE,
)
_VALUES = re.compile(
    r"(?P<url>\b(?:postgres(?:ql)?|mysql|mongodb|rediss?)://)[^\s:@/]*:[^\s@]+@"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pos]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{82}\b"
    r"|\bxox[baprs]-[0-9A-Za-z-]{10,}\b|\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+"
    r"|(?<=/sign-in/link/)[\w-]+|\bfsa_[\w-]{20,}|\bfsr\.[\w.-]{20,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
)
_WORD = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|[a-z]{1,16}")
BY_NAME, BY_VALUE = "[REDACTED]", "***REDACTED***"


def redacted(value: Any) -> Any:
    """The same JSON-like value without secrets."""
    if isinstance(value, dict):
        return {k: BY_NAME if v and _is_secret(str(k), v) else redacted(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return redacted_text(value) if isinstance(value, str) else value


def _is_secret(name: str, value: Any) -> bool:
    """By name; `code` and `state` also name our error codes and states, which are single plain words."""
    plain = name in ("code", "state") and isinstance(value, str) and _WORD.fullmatch(value)
    return not plain and _NAMES.match(name) is not None


def redacted_text(text: str) -> str:
    """The same text without what looks like a secret."""
    return _VALUES.sub(lambda m: f"{m['url']}{BY_VALUE}@" if m["url"] else BY_VALUE, text)
