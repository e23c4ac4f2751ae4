"""The command line as a user calls it, folders of specs, and a small server that speaks the wire of the API."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flaresmith.__main__ import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "tool-library"
TOKEN = "token-of-the-test"
SPEC = "# Feature Specification: Books\n\n- **FR-001**: Readers MUST be able to keep books.\n"
DATA_MODEL = """# Data model

### Book

- id (uuid, primary key) REQUIRED
- title (string, max 200) REQUIRED
- pages (integer) OPTIONAL
"""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Result]


@pytest.fixture
def flaresmith(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    for name in ("FLARESMITH_API_URL", "FLARESMITH_TOKEN", "FLARESMITH_WEB_URL", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FLARESMITH_DATA", str(tmp_path / "no-copy"))

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["flaresmith", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return call


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A project folder with one small feature."""
    return make_specs(tmp_path / "books")


def make_specs(project: Path, data_model: str = DATA_MODEL) -> Path:
    feature = project / "specs" / "001-books"
    feature.mkdir(parents=True)
    (feature / "spec.md").write_text(SPEC)
    (feature / "data-model.md").write_text(data_model)
    return project


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


Answer = tuple[int, Any] | Callable[[Request, BaseHTTPRequestHandler], None]


@dataclass
class Wire:
    """A server whose answers a test sets: `(method, path)` → answers in turn, the last one again and again."""

    url: str
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def on(self, method: str, path: str, *answers: Answer) -> None:
        self.answers[method, f"/api/v1{path}"] = list(answers)

    def asked(self, method: str, path: str) -> list[Request]:
        return [r for r in self.requests if (r.method, r.path.partition("?")[0]) == (method, f"/api/v1{path}")]


def problem(status: int, code: str, message: str, **more: Any) -> Answer:
    envelope = {"code": code, "message": message, "severity": "warn", "retryPolicy": "none", "requestId": "r-1"}
    return status, {"error": {**envelope, "timestamp": "2026-01-01T00:00:00Z", **more}}


def stream(*events: dict[str, Any], end: bool = True, first: int = 1) -> Answer:
    """Server-sent events as the API sends them; without `end` the connection just breaks off."""

    def answer(_request: Request, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b"retry: 10\n\n: alive\n\n")
        for seq, event in enumerate(events, first):
            data = json.dumps({"seq": seq, "at": "2026-01-01T00:00:00.000Z", **event})
            handler.wfile.write(f"id: {seq}\ndata: {data}\n\n".encode())
        if end:
            handler.wfile.write(b"event: end\ndata: {}\n\n")

    return answer


@pytest.fixture
def nobody_answers() -> str:
    """An address at which nothing listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.server_close()
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def wire(flaresmith: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    found = server.wire = Wire(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("FLARESMITH_API_URL", found.url)
    monkeypatch.setenv("FLARESMITH_TOKEN", TOKEN)
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        wire: Wire = self.server.wire  # type: ignore[attr-defined]
        length = int(self.headers.get("content-length", "0"))
        body = json.loads(self.rfile.read(length)) if length else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        wire.requests.append(request)
        if headers.get("authorization") != f"Bearer {TOKEN}":
            self._send(*problem(401, "AUTH_TOKEN_INVALID", "This token is unknown."))  # type: ignore[misc]
            return
        waiting = wire.answers.get((self.command, self.path.partition("?")[0]))
        if not waiting:
            self._send(*problem(404, "RESOURCE_NOT_FOUND", "There is nothing at this address."))  # type: ignore[misc]
            return
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if callable(answer):
            answer(request, self)
        else:
            self._send(*answer)

    do_GET = do_POST = do_DELETE = _answer

    def _send(self, status: int, value: Any) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        return


def project(name: str = "books", source: Path | str = "") -> dict[str, Any]:
    return {
        "id": f"id-of-{name}",
        "name": name.title(),
        "slug": name,
        "status": "active",
        "specsSource": str(source),
        "createdAt": "2026-01-01T00:00:00Z",
    }


def run(status: str = "succeeded", kind: str = "provision", **report: Any) -> dict[str, Any]:
    return {"id": "run-1", "projectId": "id-of-books", "kind": kind, "status": status, "report": report}


def dashboard(*names: str) -> dict[str, Any]:
    """The environments of a project, all active."""
    return {
        "environments": [
            {
                "id": f"id-{name}",
                "name": name,
                "state": "active",
                "url": f"http://127.0.0.1:9/{name}",
                "commit": "0123456789abcdef",
                "resources": [{"kind": "service", "name": f"books-api-{name}"}],
            }
            for name in names
        ]
    }
