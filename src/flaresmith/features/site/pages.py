"""The choice of theme, for browsers without scripts too."""

from __future__ import annotations

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from flaresmith.kit.asgi import CrossSite, same_origin
from flaresmith.ui.theme import Theme, theme_cookie

router = APIRouter()


@router.post("/theme")
async def set_theme(request: Request, theme: Theme = Form(Theme.AUTO)) -> Response:
    """Keep the theme in a cookie and go back to the page."""
    if not same_origin(request):
        raise CrossSite()
    back = request.headers.get("referer", "/")
    path = "/" + back.partition("://")[2].partition("/")[2].lstrip("/\\") if "://" in back else "/"
    response = RedirectResponse(path, 303)
    response.headers["set-cookie"] = theme_cookie(theme, secure=request.url.scheme == "https")
    return response
