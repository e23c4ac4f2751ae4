"""What can go wrong, as one tree.

    Problem
    ├── Invalid          422  the input is understood and refused
    │   └── BadRequest   400  the input is not understood
    ├── Unauthenticated  401  nobody is asking
    ├── PaymentNeeded    402  not enough credits
    ├── Forbidden        403  known, and not allowed
    ├── NotFound         404  does not exist, or is not yours
    ├── Conflict         409  the state has moved on, or is taken
    ├── TooLarge         413  more than is accepted
    ├── TooMany          429  too often
    ├── Failed           500  our fault
    ├── NotOffered       501  not a feature here
    ├── Upstream         502  an outside system answered badly
    └── Unavailable      503  a needed part is down or not configured

A feature's error is three lines: the class, a docstring (the default message) and `code` (the published word).
The catalogue is `requirements` §12.2; `docs/reference/errors.md` is generated from this tree.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar


class Problem(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "INTERNAL_UNEXPECTED"
    status: ClassVar[int] = 500
    severity: ClassVar[str] = "error"  # info | warn | error | critical
    retry: ClassVar[str] = "none"  # none | safe | idempotent

    def __init__(
        self,
        message: str = "",
        *,
        hint: str = "",
        details: Any = None,
        context: Mapping[str, Any] | None = None,
        causes: tuple[str, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        self.message = message or inspect.cleandoc(type(self).__doc__ or "").split("\n\n")[0].replace("\n", " ")
        self.hint = hint
        self.details = details
        self.context = dict(context or {})
        self.causes = causes
        self.retry_after = retry_after
        super().__init__(self.message)


class Invalid(Problem):
    """The input is refused."""

    code, status, severity = "VALIDATION_ERROR", 422, "warn"


class BadRequest(Invalid):
    """The input is not understood."""

    code, status = "VALIDATION_ERROR", 400


class Unauthenticated(Problem):
    """Sign in first."""

    code, status = "AUTH_TOKEN_MISSING", 401


class PaymentNeeded(Problem):
    """Not enough credits."""

    code, status, severity = "PAYMENT_REQUIRED", 402, "warn"


class Forbidden(Problem):
    """You may not do this."""

    code, status = "AUTH_ROLE_INSUFFICIENT", 403


class NotFound(Problem):
    """There is no such thing, or it is not yours."""

    code, status, severity = "RESOURCE_NOT_FOUND", 404, "warn"


class Conflict(Problem):
    """The state has changed, or the name is taken."""

    code, status, severity = "CONFLICT", 409, "warn"


class TooLarge(Problem):
    """This is larger than what is accepted."""

    code, status, severity = "REQUEST_TOO_LARGE", 413, "warn"


class TooMany(Problem):
    """Too many requests: wait a little."""

    code, status, severity, retry = "RATE_LIMIT_EXCEEDED", 429, "warn", "safe"


class Failed(Problem):
    """Something failed on our side."""

    code, status, severity, retry = "INTERNAL_UNEXPECTED", 500, "critical", "safe"


class NotOffered(Problem):
    """This feature is not available here."""

    code, status = "FEATURE_NOT_AVAILABLE", 501


class Upstream(Problem):
    """An outside system answered badly."""

    code, status, retry = "UPSTREAM_ERROR", 502, "idempotent"


class Unavailable(Problem):
    """A needed part is down or not configured."""

    code, status, severity, retry = "UNAVAILABLE", 503, "critical", "safe"
