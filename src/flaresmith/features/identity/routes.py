"""Accounts and organizations over HTTP (flaresmith §16)."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Query, Request

from flaresmith.features.identity import live, queries
from flaresmith.features.identity import service as identity
from flaresmith.features.identity.queries import Person
from flaresmith.features.identity.schemas import (
    AuthResponse,
    Credentials,
    Me,
    NewAccount,
    NewOrganization,
    OrganizationView,
    RefreshRequest,
    SessionView,
    Tokens,
    Visitor,
)
from flaresmith.features.identity.service import Issued
from flaresmith.kit import clock
from flaresmith.kit.asgi import InTx, Signed

router = APIRouter(tags=["accounts"])
Limit = Query(20, ge=1, le=100)


@router.post("/auth/register", status_code=201)
async def register(request: Request, new: NewAccount) -> AuthResponse:
    """Open an account with an organization of its own, and sign in."""
    issued, person = await live.register(new, Visitor.of(request), kind="api")
    return _answer(issued, person)


@router.post("/auth/login")
async def login(request: Request, given: Credentials) -> AuthResponse:
    """Sign in with e-mail address and password."""
    issued, person = await live.sign_in(given, Visitor.of(request), kind="api")
    return _answer(issued, person)


@router.post("/auth/refresh")
async def refresh(request: Request, given: RefreshRequest) -> Tokens:
    """Exchange a refresh token, once; requests in parallel get the same answer."""
    return Tokens.model_validate(_tokens(await live.refresh(given.refresh_token, Visitor.of(request))))


@router.post("/auth/signout", status_code=204)
@router.post("/auth/logout", status_code=204)
async def sign_out(actor: Signed) -> None:
    """End this session."""
    await live.sign_out(actor)


@router.post("/auth/signoutAll", status_code=204)
async def sign_out_all(actor: Signed) -> None:
    """End every session of yours, on every device (003:FR-010)."""
    await live.sign_out_all(actor)


@router.get("/auth/session")
async def get_session(actor: Signed, tx: InTx) -> Me:
    """Who you are, and through which session."""
    assert actor.user_id is not None
    person = await queries.get_person(tx, actor.user_id)
    return Me.model_validate(
        {"type": actor.realm, "user": person, "session_id": actor.session_id, "org_id": actor.org_id}
    )


@router.get("/auth/sessions")
async def list_sessions(tx: InTx, cursor: str | None = None, limit: int = Limit) -> Any:
    """Where you are signed in, newest first."""
    return (await queries.list_sessions(tx, cursor=cursor, limit=limit)).to_json(_json)


@router.delete("/auth/sessions/{session_id}", status_code=204)
async def end_session(actor: Signed, session_id: uuid.UUID) -> None:
    """End one of your sessions."""
    await live.sign_out(actor, session_id)


@router.get("/organizations")
async def list_organizations(tx: InTx, cursor: str | None = None, limit: int = Limit) -> Any:
    """The organizations you are a member of, newest first."""
    return (await queries.list_organizations(tx, cursor=cursor, limit=limit)).to_json(_json)


@router.post("/organizations", status_code=201)
async def create_organization(tx: InTx, new: NewOrganization) -> OrganizationView:
    """Found an organization and own it."""
    return await identity.create_organization(tx, new)


def _answer(issued: Issued, person: Person) -> AuthResponse:
    return AuthResponse.model_validate({**_tokens(issued), "type": person.role, "user": person.view()})


def _tokens(issued: Issued) -> dict[str, Any]:
    return {
        "access_token": issued.access,
        "access_expires_at": issued.access_expires_at,
        "refresh_token": issued.refresh,
        "refresh_expires_at": issued.refresh_expires_at,
        "expires_in": round((issued.access_expires_at - clock.now()).total_seconds()),
    }


def _json(view: OrganizationView | SessionView) -> dict[str, Any]:
    return view.model_dump(mode="json", by_alias=True)
