"""The build hook: same digest as the server, no work twice, and no install that fails for want of the bundle."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from flaresmith.ui import static

ROOT = Path(__file__).parents[2]
BROWSER = Path(static.__file__).parent / "browser"


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hook's module; the build tool is not installed here, so its base class is stood in for."""
    interface = ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    found = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_hook_and_the_server_compute_the_same_digest(hook: Any) -> None:
    assert hook.sources_hash(BROWSER) == static.sources_hash(BROWSER)


@pytest.mark.parametrize(
    "failure",
    [OSError("no node"), ImportError("no wheel"), subprocess.TimeoutExpired("npm", 180),
     subprocess.CalledProcessError(1, "npm", stderr="ECONNREFUSED")],
)  # fmt: skip
def test_a_bundle_that_cannot_be_built_is_a_loud_warning_and_no_failure(
    hook: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Exception
) -> None:
    monkeypatch.delenv("FLARESMITH_SKIP_ASSETS", raising=False)
    (tmp_path / "frontend").mkdir()

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(hook, "build", fail)
    warned: list[str] = []
    made = hook.BrowserBundle()
    made.root, made.app = str(tmp_path), SimpleNamespace(display_warning=warned.append)
    data: dict[str, list[str]] = {"artifacts": []}
    made.initialize("editable", data)
    assert "without htmx" in warned[0]
    assert "uv sync --reinstall-package flaresmith" in warned[0]
    assert data["artifacts"] == ["src/flaresmith/ui/static/dist/**"]


def test_a_bundle_counts_as_current_only_when_it_is_whole(hook: Any, tmp_path: Path) -> None:
    assert not hook.is_current(tmp_path, "s")
    (tmp_path / ".stamp").write_text("s")
    (tmp_path / "manifest.json").write_text(json.dumps({"app.js": "app-X.js"}))
    assert not hook.is_current(tmp_path, "s")
    (tmp_path / "app-X.js").write_text("")
    assert hook.is_current(tmp_path, "s")
    assert not hook.is_current(tmp_path, "other")
