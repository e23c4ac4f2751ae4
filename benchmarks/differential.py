"""Whether the generated services of one product, FastAPI and Hono, answer alike: random requests sent to both.

`python -m benchmarks.differential [--requests 2000] [--seeds 3]`. Both run on one PostgreSQL, each with a database of
its own made by its own migrations (Alembic and Drizzle). Prints every difference and a table; ends with 1 where there
is one. Needs Node, and npm's registry for the first run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.make.differential import Comparison
from tests.make.machine import copy_database, machine
from tests.make.twins import twins

from flaresmith.compiler.diff import next_migration, schema_operations
from flaresmith.compiler.model import Model
from flaresmith.compiler.parse import parse

EXAMPLE = Path(__file__).resolve().parents[1] / "examples/tool-library/specs"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    model = example()
    print("| seed | requests | seconds | success | refused | differences |\n|---|---|---|---|---|---|")
    with machine() as servers:
        counts = [measured(model, servers["postgres"], seed, given.requests) for seed in range(1, given.seeds + 1)]
    return 1 if sum(counts) else 0


def example() -> Model:
    """The model of the example, with its first migration."""
    found = {str(p.relative_to(EXAMPLE)): p.read_bytes() for p in sorted(EXAMPLE.rglob("*")) if p.is_file()}
    model = parse(found, name="tool-library")
    return replace(model, migrations=(next_migration((), schema_operations((), model.tables)),))


def measured(model: Model, postgres: str, seed: int, requests: int) -> int:
    """One row of the table; the number of differences."""
    one, other = (copy_database(postgres, f"twin_{side}_{seed}", template="template0") for side in ("py", "ts"))
    with tempfile.TemporaryDirectory(prefix="fs-") as folder, twins(model, Path(folder), (one, other)) as running:
        comparison = Comparison(model, running.python, running.typescript, seed)
        start = time.perf_counter()
        differences = comparison.run(requests)
        seconds = time.perf_counter() - start
    success = sum(count for status, count in comparison.statuses.items() if status < 300)
    shown = (seed, comparison.sent, f"{seconds:.1f}", success, comparison.sent - success, len(differences))
    print(f"| {' | '.join(map(str, shown))} |", flush=True)
    for difference in differences:
        print(difference)
    return len(differences)


if __name__ == "__main__":
    sys.exit(main())
