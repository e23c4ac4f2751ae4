"""What the security of a contract demands of a request, in the words of HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler.model import Endpoint
from flaresmith.compiler.service.plan import Demand


def demands(endpoint: Endpoint, schemes: Mapping[str, Any]) -> tuple[tuple[Demand, ...], ...]:
    """The alternatives of an operation; none where one of them lets everybody in."""
    alternatives = [tuple(_alternative(wanted, schemes)) for wanted in endpoint.security]
    return tuple(dict.fromkeys(alternatives)) if all(alternatives) else ()


def _alternative(wanted: Mapping[str, Any], schemes: Mapping[str, Any]) -> Iterator[Demand]:
    for name in sorted(wanted):
        scopes = wanted[name]
        listed = tuple(map(str, scopes)) if isinstance(scopes, (list, tuple)) else ()
        yield _demand(name, schemes.get(name), listed)


def _demand(name: str, scheme: Any, scopes: tuple[str, ...]) -> Demand:
    """A scheme that is not described is a bearer token: an operation that asks for a caller is never left open."""
    described = scheme if isinstance(scheme, Mapping) else {}
    kind, where = described.get("type"), described.get("in")
    if kind == "apiKey" and where in {"header", "query", "cookie"}:
        return Demand(name, str(where), str(described.get("name") or name), scopes)
    basic = kind == "http" and str(described.get("scheme", "")).lower() == "basic"
    return Demand(name, "basic" if basic else "bearer", "", scopes)
