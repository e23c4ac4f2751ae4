"""Hostile specs: mutated documents through the whole compiler, for as long as it is told.

    python benchmarks/fuzz.py --minutes 10 --seeds FOLDER           random mutations of the seeds
    python benchmarks/fuzz.py --minutes 10 --seeds FOLDER --atheris    guided by coverage (needs `atheris`)

Every input is a folder of one feature: its documents and contracts, each a piece of a seed, cut, doubled, spliced and
sprinkled with what grammars trip over. It fails on an exception, on more than a second per 100 KB, on an output path
that leaves its folder, and on two builds that differ. What failed is written to `--out` as a folder of specs.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

NAMES = [
    *("spec.md", "data-model.md", "tasks.md", "contracts/openapi.yaml", "contracts/openapi.json"),
    *("contracts/mcp-tools.json", "contracts/schemas/thing.json"),
]
LARGEST = 100_000
SECONDS_PER_FILE = 0.005  # what generating may take besides reading
TOKENS = [
    *("|", "||", "\\|", "`", "```", "~~~", "```sql\n", "```ts\n", "```prisma\n", "```mermaid\nerDiagram\n"),
    *("\x00", "\r", "\n", "- ", "  - ", "* ", "1. ", "### ", "## Entities\n", "**", "→", "->", "FK → "),
    *("(", ")", "[", "]", "{", "}", "[[[[", "((((", "{{{{", "FR-001", "NEEDS CLARIFICATION", "enum(", "'a' | 'b'"),
    *("decimal(", "99999999999999999999", "../../", "/etc/passwd", "C:\\", "CON", "\u202e", "$ref", "allOf", "oneOf"),
    *('"#/components/schemas/A"', "&a [*a]", "<<: *a", "!!python/object", "%", "é", "数", "\ufeff", "\u2028"),
    *(" " * 500, "\t" * 50, "CREATE TABLE x (", "PRIMARY KEY", "CHECK (", "interface A {", "class A:", "model A {"),
    *("message A {", "type A struct {"),
]


class Failed(Exception):
    """An input on which the compiler breaks a promise."""


def folder(data: random.Random, seeds: Sequence[bytes]) -> dict[str, bytes]:
    """A feature whose documents are mutated pieces of the seeds."""
    files = {"001-fuzz/spec.md": b"# Feature Specification: Fuzz\n"}
    for name in data.sample(NAMES, data.randint(1, 3)):
        files[f"001-fuzz/{name}"] = mutated(data, seeds)
    return files


def mutated(data: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A piece of a seed with a few random changes."""
    text = bytearray(_piece(data, data.choice(seeds)))
    for _ in range(data.randint(0, 12)):
        at = data.randint(0, len(text))
        kind = data.randint(0, 5)
        if kind == 0:
            text[at:at] = data.choice(TOKENS).encode()
        elif kind == 1:
            del text[at : at + data.randint(1, 200)]
        elif kind == 2:
            text[at:at] = _piece(data, data.choice(seeds), 2_000)
        elif kind == 3 and text:
            text[at : at + 1] = bytes([data.randint(0, 255)])
        elif kind == 4:
            text[at:at] = text[at : at + data.randint(1, 400)] * data.randint(1, 30)
        else:
            text[at:at] = data.choice(TOKENS).encode() * data.randint(2, 2_000)
    return bytes(text[:LARGEST])


def _piece(data: random.Random, seed: bytes, largest: int = 20_000) -> bytes:
    start = data.randint(0, max(0, len(seed) - 50))
    return seed[start : start + data.randint(50, largest)]


def promised(files: dict[str, bytes]) -> None:
    """Build twice; raise Failed when a promise is broken."""
    from flaresmith.compiler.build import build
    from flaresmith.compiler.paths import why_unsafe

    size = sum(map(len, files.values()))
    start = time.process_time()
    made = build(files, name="Fuzz")
    taken = time.process_time() - start
    if taken > max(1.0, size / 100_000) + len(made.files) * SECONDS_PER_FILE:
        raise Failed(f"{taken:.2f} s for {size} bytes")
    for file in made.files:
        if reason := why_unsafe(file.path):
            raise Failed(f"the output path {file.path!r} {reason}")
    again = build(files, name="Fuzz")
    if [file.text for file in again.files] != [file.text for file in made.files]:
        raise Failed("two builds differ")


def keep(files: dict[str, bytes], out: Path, problem: BaseException) -> None:
    """Write a failing input down, with what happened."""
    target = out / f"{time.time_ns()}"
    for path, data in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    (target / "problem.txt").write_text(f"{type(problem).__name__}: {problem}\n")
    where = problem.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
    print(f"{target}: {type(problem).__name__}: {str(problem)[:200]} {place}", flush=True)


def at_random(minutes: float, seeds: Sequence[bytes], out: Path, seed: int) -> int:
    """Random mutations; returns how many inputs failed."""
    end, tried, failures, slowest = time.monotonic() + minutes * 60, 0, 0, 0.0
    while time.monotonic() < end:
        files = folder(random.Random(seed + tried), seeds)
        tried += 1
        start = time.process_time()
        try:
            promised(files)
        except Exception as problem:
            failures += 1
            keep(files, out, problem)
        slowest = max(slowest, time.process_time() - start)
    print(f"{tried} inputs in {minutes:g} min, {failures} failed; the slowest two builds {slowest:.2f} s")
    return failures


def guided(minutes: float, seeds: Sequence[bytes], out: Path) -> None:
    """Mutations guided by coverage; ends the process."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["flaresmith.compiler"]):
        import flaresmith.compiler.build

        for module in pkgutil.walk_packages(flaresmith.compiler.__path__, "flaresmith.compiler."):
            importlib.import_module(module.name)  # readers and targets are else imported later, and not followed

    def one(data: bytes) -> None:
        read = atheris.FuzzedDataProvider(data)
        files = {"001-fuzz/spec.md": b"# Feature Specification: Fuzz\n"}
        for name in NAMES:
            if read.ConsumeBool():
                files[f"001-fuzz/{name}"] = read.ConsumeBytes(read.ConsumeIntInRange(0, 4_000))
        try:
            promised(files)
        except Exception as problem:
            keep(files, out, problem)
            raise

    corpus = out / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed[:4_000] + b"\x01\xff\x0f" * 7)
    flaresmith.compiler.build.build({}, name="warm")
    atheris.Setup([sys.argv[0], str(corpus), f"-max_total_time={minutes * 60:.0f}", "-timeout=10"], one)
    atheris.Fuzz()


def main() -> int:
    """Fuzz, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seeds", type=Path, required=True, help="a folder with specs of any kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--atheris", action="store_true")
    options = parser.parse_args()
    kinds = {".md", ".yaml", ".yml", ".json", ".ts", ".sql"}
    found = (path for path in sorted(options.seeds.rglob("*")) if path.suffix in kinds and path.is_file())
    seeds = [data for path in found if 50 < len(data := path.read_bytes()) < 500_000]
    if options.atheris:
        guided(options.minutes, seeds, options.out)
        return 0
    return int(at_random(options.minutes, seeds, options.out, options.seed) > 0)


if __name__ == "__main__":
    sys.exit(main())
