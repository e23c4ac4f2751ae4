"""The pages on which somebody becomes known: sign in, create an account, follow a one-time link, sign out.

They work without a script. A one-time link opens a page with a button, so that what only looks at links (a preview,
a scanner) does not spend it. Forms from other sites are refused: nobody is signed in as somebody else (login CSRF).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from flaresmith.features.identity import live
from flaresmith.features.identity.errors import AccountExists, InvalidCredentials, SessionNotFound, WeakPassword
from flaresmith.features.identity.schemas import Credentials, NewAccount, Visitor
from flaresmith.kit.actor import Actor
from flaresmith.kit.asgi import COOKIE, Anyone, CrossSite, same_origin
from flaresmith.kit.errors import Problem
from flaresmith.kit.settings import settings
from flaresmith.ui import forms
from flaresmith.ui.forms import Field
from flaresmith.ui.layout import Shell, plain_page
from flaresmith.ui.theme import theme_from_cookies

MONTH = 30 * 24 * 3600  # the browser keeps the cookie as long as a session can last; the server ends it when idle
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,999}")


async def _form(request: Request) -> dict[str, str]:
    """The text fields of a form of ours; CrossSite for a form of somebody else's."""
    if not same_origin(request):
        raise CrossSite()
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


router = APIRouter()
Form = Annotated[dict[str, str], Depends(_form)]


@router.get("/sign-in")
async def sign_in_page(request: Request, actor: Anyone, next: str = "") -> Response:
    """The sign-in form; somebody who is signed in goes on at once."""
    if not actor.anonymous:
        return RedirectResponse(_own_path(next), 303)
    return _sign_in_page(request, next=next)


@router.post("/sign-in")
async def sign_in(request: Request, actor: Anyone, form: Form) -> Response:
    """Check the form and set the session's cookie; a refusal shows the form again with what was typed."""
    email, next = form.get("email", ""), form.get("next", "")
    try:
        given = Credentials.model_validate({"email": email, "password": form.get("password", "")})
        issued, _ = await live.sign_in(given, Visitor.of(request), kind="web")
    except ValidationError:
        return _sign_in_page(request, next=next, email=email, problem=InvalidCredentials())
    except Problem as problem:
        return _sign_in_page(request, next=next, email=email, problem=problem)
    return await _signed_in(actor, issued.access, _own_path(next))


@router.get("/register")
async def register_page(request: Request, actor: Anyone) -> Response:
    """The form that opens an account."""
    return _register_page(request, {}, {}) if actor.anonymous else RedirectResponse("/", 303)


@router.post("/register")
async def register(request: Request, actor: Anyone, form: Form) -> Response:
    """Open an account and sign it in."""
    try:
        new = NewAccount.model_validate({name: form[name] for name in ("email", "password", "name") if form.get(name)})
        issued, _ = await live.register(new, Visitor.of(request), kind="web")
    except ValidationError as error:
        wrong = {str(each["loc"][0]): each["msg"].removeprefix("Value error, ") for each in error.errors()}
        return _register_page(request, form, wrong, status=400)
    except WeakPassword as weak:
        return _register_page(request, form, {"password": weak.message}, status=weak.status)
    except AccountExists as taken:
        return _register_page(request, form, {"email": taken.message}, status=taken.status)
    except Problem as problem:
        return _register_page(request, form, {}, (problem.message,), status=problem.status)
    return await _signed_in(actor, issued.access, "/")


@router.get("/sign-in/link/{token}")
async def link_page(request: Request, token: str) -> Response:
    """A button that spends the link."""
    button = forms.post_button("Sign in", request.url.path, csrf="", primary=True, pending="Signing in")
    return _page(request, "Sign in with a link", button, lede="This link works once, for this browser.")


@router.post("/sign-in/link/{token}")
async def use_link(request: Request, actor: Anyone, token: str, form: Form) -> Response:
    """Spend the link and set the session's cookie."""
    try:
        issued = await live.sign_in_by_link(token, Visitor.of(request))
    except Problem as problem:
        return _sign_in_page(request, problem=problem)
    return await _signed_in(actor, issued.access, "/")


@router.post("/sign-out")
async def sign_out(actor: Anyone, form: Form) -> Response:
    """End this browser's session, here and on the server."""
    await _end(actor)
    response = RedirectResponse("/sign-in", 303)
    for name in (COOKIE, f"__Host-{COOKIE}"):
        response.delete_cookie(name, secure=name != COOKIE, httponly=True, samesite="strict")
    return response


def _sign_in_page(request: Request, *, next: str = "", email: str = "", problem: Problem | None = None) -> Response:
    form = forms.sign_in(
        action="/sign-in",
        csrf="",
        email=email[:320],
        error=problem.message if problem else "",
        next_href=_own_path(next) if next else "",
        register_href="/register",
    )
    response = _page(request, "Sign in", form, status=problem.status if problem else 200)
    if problem is not None and problem.retry_after:
        response.headers["retry-after"] = str(round(problem.retry_after))
    return response


def _register_page(
    request: Request, typed: dict[str, str], wrong: dict[str, str], errors: Sequence[str] = (), *, status: int = 200
) -> Response:
    def field(name: str, label: str, kind: str, complete: str, **more: object) -> Field:
        value = "" if kind == "password" else typed.get(name, "")[:320]
        options = {"required": True, **more}
        return Field(name, label, kind, value, error=wrong.get(name, ""), autocomplete=complete, **options)  # type: ignore[arg-type]

    fields = (
        field("name", "Name", "text", "name", required=False, hint="How others see you.", maxlength=64),
        field("email", "E-mail", "email", "username"),
        field("password", "Password", "password", "new-password", hint="8 characters or more.", maxlength=128),
    )
    form = forms.form(
        fields, action="/register", submit="Create account", csrf="", pending="Creating", errors=errors,
        cancel_href="/sign-in",
    )  # fmt: skip
    return _page(request, "Create an account", form, status=status)


def _page(request: Request, heading: str, *content: object, lede: str | None = None, status: int = 200) -> Response:
    shell = Shell(theme=theme_from_cookies(request.headers.get("cookie")), path=request.url.path)
    return HTMLResponse(str(plain_page(heading, *content, shell=shell, lede=lede)), status)  # type: ignore[arg-type]


async def _signed_in(before: Actor, token: str, next: str) -> Response:
    """On to the page, with a new cookie; the session that this browser had before is ended."""
    await _end(before)
    response = RedirectResponse(next, 303)
    secure = settings().web_url.startswith("https:")
    response.set_cookie(
        f"__Host-{COOKIE}" if secure else COOKIE,
        token,
        MONTH,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return response


async def _end(actor: Actor) -> None:
    if actor.via == "cookie":
        try:
            await live.sign_out(actor)
        except SessionNotFound:
            return  # it has ended meanwhile: so be it


def _own_path(next: str) -> str:
    """Where to go on: a path of ours, never another site."""
    return next if _OWN_PATH.fullmatch(next) else "/"
