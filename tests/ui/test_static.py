"""The files that a browser loads: small, named after their content, cached for ever, and never anything else."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import httpx
import pytest

from flaresmith.ui import static

ROOT = Path(__file__).parents[2]
ASSETS = {asset.path: asset for asset in static.all_assets()}


def fetch(path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """One request to the application itself."""
    import asyncio

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(static.StaticFiles())
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            client.headers.pop("accept-encoding")
            return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ASSETS)
def test_an_asset_comes_with_its_type_and_is_kept_for_ever(path: str) -> None:
    reply = fetch(path)
    assert reply.status_code == 200
    assert reply.content == ASSETS[path].body
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["x-content-type-options"] == "nosniff"
    kind = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}[path.rsplit(".", 1)[1]]
    assert reply.headers["content-type"].startswith(kind)


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*"])
def test_who_can_unpack_gets_it_packed(accepted: str) -> None:
    reply = fetch(static.url("app.css"), accept_encoding=accepted)
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["vary"] == "accept-encoding"
    assert int(reply.headers["content-length"]) == len(ASSETS[static.url("app.css")].packed)
    assert gzip.decompress(ASSETS[static.url("app.css")].packed) == reply.content


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0"])
def test_who_cannot_unpack_gets_it_plain(accepted: str) -> None:
    assert "content-encoding" not in fetch(static.url("app.css"), accept_encoding=accepted).headers


def test_an_unchanged_file_is_not_sent_again() -> None:
    etag = fetch(static.url("app.css")).headers["etag"]
    reply = fetch(static.url("app.css"), if_none_match=etag)
    assert (reply.status_code, reply.content) == (304, b"")


def test_head_tells_the_length_without_the_body() -> None:
    reply = fetch(static.url("logo.svg"), "HEAD")
    assert reply.content == b""
    assert int(reply.headers["content-length"]) == len(ASSETS[static.url("logo.svg")].body)


@pytest.mark.parametrize(
    "path",
    ["/static/", "/static/../static.py", "/static/%2e%2e/static.py", "/static//etc/passwd", "/static/app.css",
     "/static/dist/manifest.json"],
)  # fmt: skip
def test_nothing_else_is_served(path: str) -> None:
    assert fetch(path).status_code == 404


def test_writing_is_refused() -> None:
    reply = fetch(static.url("app.css"), "POST")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD")


def test_styles_fit_their_budget() -> None:
    assert len(ASSETS[static.url("app.css")].body) <= 25_000


def test_shrinking_the_styles_keeps_every_selector_and_value() -> None:
    css = ASSETS[static.url("app.css")].body.decode()
    assert css.count("{") == css.count("}") > 200
    assert "/*" not in css
    assert "light-dark(oklch(0.985 0.003 90)" in css
    assert "calc(100dvh - 48px)" in css
    assert '[data-rail="narrow"] :is(' in css


def test_the_bundle_fits_its_budget() -> None:
    if not static.bundle_is_current():
        pytest.skip("the browser bundle is not built: " + static.notice())
    scripts = [asset for path, asset in ASSETS.items() if path.endswith(".js")]
    assert len(scripts) == 1
    assert len(scripts[0].body) <= 60_000


def test_without_the_bundle_the_modules_are_served_as_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("css", "browser", "static"):
        (tmp_path / name).symlink_to(Path(static.__file__).parent / name) if name != "static" else None
    (tmp_path / "static").mkdir()
    (tmp_path / "static/logo.svg").write_text("<svg/>")
    monkeypatch.setattr(static, "_HERE", tmp_path)
    static._assets.cache_clear()
    static._by_path.cache_clear()
    try:
        main = static.url("app.js")
        assert re.fullmatch(r"/static/modules-[0-9a-f]{12}/main\.js", main)
        assert fetch(main.replace("main.js", "page.js")).status_code == 200
        assert "without htmx" in static.notice()
    finally:
        static._assets.cache_clear()
        static._by_path.cache_clear()


@pytest.mark.parametrize("content", ["", "[]", '{"app.js": 5}', "{"])
def test_a_broken_manifest_counts_as_no_bundle(content: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "static/dist").mkdir(parents=True)
    (tmp_path / "static/dist/manifest.json").write_text(content)
    monkeypatch.setattr(static, "_HERE", tmp_path)
    assert not static.bundle_is_current()


def test_the_lock_of_the_browser_packages_names_no_host() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
    assert "://" not in (ROOT / "frontend/package-lock.json").read_text().replace("https://github.com/sponsors", "")
