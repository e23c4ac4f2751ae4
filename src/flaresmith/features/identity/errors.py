"""What can go wrong with accounts and sessions; the codes are those of flaresmith §12.2."""

from __future__ import annotations

from flaresmith.kit.errors import BadRequest, Conflict, NotFound, Problem, TooMany, Unauthenticated, Unavailable


class InvalidCredentials(Unauthenticated):
    """The e-mail address or the password is wrong."""

    code = "AUTH_INVALID_CREDENTIALS"


class AccountExists(Conflict):
    """There is an account with this e-mail address."""

    code = "AUTH_USER_ALREADY_EXISTS"


class WeakPassword(BadRequest):
    """This password is among the first that anybody would try. Choose a longer or stranger one."""

    code = "AUTH_VALIDATION_FAILED"


class Locked(Problem):
    """Too many failed attempts: this account is locked for a while from where you are."""

    code, status, severity = "AUTH_LOCKED", 423, "warn"


class TooManyAttempts(TooMany):
    """Too many attempts to sign in: wait a little."""

    code = "RATE_LIMIT_EXCEEDED"


class SignInBusy(Unavailable):
    """Too many people are signing in at this moment: try again in a second."""

    code = "AUTH_BUSY"


class TokenExpired(Unauthenticated):
    """This access token has expired: refresh it."""

    code, severity = "AUTH_TOKEN_EXPIRED", "warn"


class RefreshInvalid(Unauthenticated):
    """This refresh token is unknown, or its session has ended. Sign in again."""

    code = "AUTH_REFRESH_INVALID"


class RefreshExpired(Unauthenticated):
    """This refresh token has expired. Sign in again."""

    code, severity = "AUTH_REFRESH_TOKEN_EXPIRED", "warn"


class RefreshTokenReused(Unauthenticated):
    """This refresh token was used before, so all sessions that came from it were ended. Sign in again."""

    code, severity = "AUTH_REFRESH_REUSED", "critical"


class LinkInvalid(BadRequest):
    """This sign-in link was used, has expired, or is not complete."""

    code = "AUTH_LINK_INVALID"


class SessionNotFound(NotFound):
    """There is no such session, or it is not yours."""


class SlugTaken(Conflict):
    """Another organization has this short name."""

    code = "ORGANIZATION_SLUG_TAKEN"


class NoLocalOwner(NotFound):
    """This database has accounts, but none was made for the owner of this computer. Sign in with yours."""

    code = "AUTH_NO_LOCAL_OWNER"
