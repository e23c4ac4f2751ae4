"""How long compiling takes: 100 and 1,000 entities, all targets, in a cold process; and one changed entity.

Run `python benchmarks/compile.py`. Each row is the best of three fresh processes: wall time from the start of the
interpreter to the last file, of which the phases, and the most memory it held.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

FIELDS = """\
- id (uuid, pk) REQUIRED
- name (string, 2..80) REQUIRED
- code (string, 3..20, unique) REQUIRED
- status (enum: draft|active|closed) REQUIRED, default draft
- amount (decimal(10,2), min 0) REQUIRED
- count (integer, 0..1000) OPTIONAL
- note (text) OPTIONAL
- createdAt (datetime, default now) REQUIRED
- updatedAt (datetime, default now) REQUIRED
"""
PER_FEATURE = 50
LIMITS = {100: 1.0, 1000: 3.0}  # seconds that the house allows


def specs(entities: int, extra: str = "") -> dict[str, bytes]:
    """Spec folders of 50 entities each; every entity but the first of a feature refers to the one before it."""
    files: dict[str, bytes] = {}
    for feature in range(-(-entities // PER_FEATURE)):
        numbers = range(feature * PER_FEATURE, min((feature + 1) * PER_FEATURE, entities))
        folder = f"{feature + 1:03d}-part-{feature + 1}"
        files[f"{folder}/spec.md"] = _spec(feature + 1).encode()
        files[f"{folder}/data-model.md"] = _data_model(numbers, extra if feature == 0 else "").encode()
    return files


def _spec(number: int) -> str:
    rows = "\n".join(f"- **FR-{n:03d}**: Part {number} MUST keep thing {n}." for n in range(1, 11))
    return f"# Feature Specification: Part {number}\n\n## Requirements\n\n### Functional Requirements\n\n{rows}\n"


def _data_model(numbers: range, extra: str) -> str:
    parts = []
    for n in numbers:
        parent = f"- previousId (uuid) REQUIRED → Thing{n - 1}.id\n" if n % PER_FEATURE else extra
        parts.append(f"### Thing{n}\n\nKeeps thing {n} (FR-{n % 10 + 1:03d}).\n\n{FIELDS}{parent}")
    return "# Data Model\n\n## Entities\n\n" + "\n".join(parts)


def measure(entities: int) -> dict[str, float]:
    """One compilation in this process, and a second one after a field was added to one entity."""
    from flaresmith.compiler.build import build
    from flaresmith.compiler.merge import compare

    imported = time.perf_counter()
    first = build(specs(entities), name="Benchmark")
    if not first.ok:
        sys.exit("\n".join(str(d) for d in first.model.errors[:5]))
    built, cpu = time.perf_counter(), time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    branch = {file.path: file.text.encode() for file in first.files}
    changed = specs(entities, "- extra (string, max 40) OPTIONAL\n")
    start = time.perf_counter()
    second = build(changed, name="Benchmark", lock=first.lock)
    rebuilt = time.perf_counter()
    comparison = compare(second, branch, first.lock)
    return {
        "import": imported - BEGIN,
        "build": built - imported,
        "cpu": cpu,
        "files": len(first.files),
        "megabytes": sum(map(len, branch.values())) / 1e6,
        "rss": memory,
        "rebuild": rebuilt - start,
        "compare": time.perf_counter() - rebuilt,
        "changed": len(comparison.changes),
    }


def cold(entities: int) -> dict[str, float]:
    """The best of three fresh processes."""
    runs = []
    for _ in range(3):
        start = time.perf_counter()
        output = subprocess.run([sys.executable, __file__, str(entities)], capture_output=True, check=True, text=True)
        runs.append(json.loads(output.stdout) | {"process": time.perf_counter() - start})
    return min(runs, key=lambda run: run["import"] + run["build"])


def main() -> None:
    """Print the table, with the ratio to the house's limit."""
    columns = ("entities", "cold s", "import", "build", "cpu s", "limit", "ratio", "files", "MB", "RSS MB")
    columns += ("one change s", "compare s", "changed")
    print("  ".join(columns))
    for entities, limit in LIMITS.items():
        run = cold(entities)
        total = run["import"] + run["build"]
        row = (entities, total, run["import"], run["build"], run["cpu"], limit, total / limit, run["files"])
        row += (run["megabytes"], run["rss"], run["rebuild"], run["compare"], run["changed"])
        print("  ".join(_cell(value, column) for value, column in zip(row, columns, strict=True)))


def _cell(value: float, column: str) -> str:
    whole = column in {"entities", "files", "RSS MB", "changed"}
    return f"{value:{len(column)}.0f}" if whole else f"{value:{len(column)}.2f}"


BEGIN = time.perf_counter()

if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()
