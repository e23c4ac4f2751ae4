"""What crosses the wire: accounts, tokens, sessions, organizations. JSON is camelCase, times are RFC 3339 in UTC."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from flaresmith.kit.clock import rfc3339

# The e-mail rule of HTML forms, with a dot required: `owner@localhost` is ours alone.
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def _email(text: str) -> str:
    address = text.strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise ValueError("this is not an e-mail address, as in ada@example.org")
    return address


def _name(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("a name has no control characters")
    return text


Email = Annotated[str, Field(max_length=320, examples=["ada@example.org"]), AfterValidator(_email)]
NewPassword = Annotated[str, Field(min_length=8, max_length=128, description="Exactly as sent: nothing is cut off.")]
PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(_name)
]
OrganizationName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=64), AfterValidator(_name)
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", min_length=1, max_length=48)]
Moment = Annotated[datetime, PlainSerializer(rfc3339, return_type=str, when_used="json")]


class Wire(BaseModel):
    """A body of the API."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class NewAccount(Wire):
    """What `POST /auth/register` takes."""

    email: Email
    password: NewPassword
    name: PersonName | None = None


class Credentials(Wire):
    """What `POST /auth/login` takes."""

    email: Email
    password: str = Field(min_length=1, max_length=128)


class RefreshRequest(Wire):
    """What `POST /auth/refresh` takes."""

    refresh_token: str = Field(min_length=1, max_length=256)


class NewOrganization(Wire):
    """What `POST /organizations` takes; without `slug` it follows from the name."""

    name: OrganizationName
    slug: Slug | None = None


class PersonView(Wire):
    """A person as others of their organizations see them."""

    id: uuid.UUID
    email: str
    display_name: str


class Tokens(Wire):
    """A pair of tokens: the access token for `Authorization: Bearer`, the refresh token for its successor."""

    access_token: str
    access_expires_at: Moment
    refresh_token: str
    refresh_expires_at: Moment
    expires_in: int = Field(description="Seconds that the access token is good for.")


class AuthResponse(Tokens):
    """The answer to a registration or a login (flaresmith §16)."""

    type: Literal["user", "admin"]
    user: PersonView


class SessionView(Wire):
    """One session in the list of one's own."""

    id: uuid.UUID
    kind: Literal["web", "api", "local"]
    label: str
    user_agent: str
    ip: str
    created_at: Moment
    last_seen_at: Moment
    ends_at: Moment
    current: bool


class OrganizationView(Wire):
    """An organization, and the caller's role in it."""

    id: uuid.UUID
    name: str
    slug: str
    role: Literal["owner", "admin", "member"]
    created_at: Moment


class Me(Wire):
    """The answer to `GET /auth/session`: who is asking, through which session."""

    type: Literal["user", "admin"]
    user: PersonView
    session_id: uuid.UUID
    org_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from: the peer's address (never a header's word for it) and what it says it is."""

    ip: str = ""
    user_agent: str = ""
    request_id: str = ""

    @classmethod
    def of(cls, request: Request) -> Visitor:
        """Who sent this request, cut to size and cleaned for storage."""
        host = request.client.host if request.client else ""
        agent = _CONTROL.sub(" ", request.headers.get("user-agent", ""))
        return cls(host[:64], agent[:300], request.scope.get("state", {}).get("request_id", ""))
