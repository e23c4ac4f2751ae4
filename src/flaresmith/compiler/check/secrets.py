"""Credentials that were written into a spec: found by the form that their issuers give them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flaresmith.compiler.model import Diagnostic, Severity, Source

_SECRET = re.compile(
    r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,90}"
    r"|sk_live_[A-Za-z0-9]{20,60}|rk_live_[A-Za-z0-9]{20,60}"
    r"|xox[abprs]-[A-Za-z0-9-]{20,80}|sk-ant-[\w-]{40,120}|AIza[\w-]{35}|glpat-[\w-]{20}"
    r"|npm_[A-Za-z0-9]{36}|SG\.[\w-]{22}\.[\w-]{43})"
    r"|-----BEGIN (?:RSA |EC |OPENSSH |DSA )?PRIVATE KEY-----"
)


def secrets(texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """What looks like a real secret. Values are never repeated in the message."""
    for path, text in texts.items():
        for match in _SECRET.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            yield Diagnostic(
                "secret-in-spec",
                Severity.WARNING,
                f"this looks like a real credential ({match.group()[:4]}…)",
                Source(path, line, column),
                "replace it with a placeholder, and revoke it if it is real",
            )


def masked(text: str) -> str:
    """A text in which nothing looks like a real secret any more: for pages that show it."""
    return _SECRET.sub(lambda match: f"{match.group()[:4]}…", text)
