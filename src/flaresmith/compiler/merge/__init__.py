"""What applying a build would do to a branch, without ever losing a hand edit (requirements §3.4, §3.5)."""

from __future__ import annotations

from flaresmith.compiler.merge.accept import Choice, Take
from flaresmith.compiler.merge.compare import compare, known_bases, needed_bases
from flaresmith.compiler.merge.comparison import Change, ChangeType, Comparison, Conflict, Reason
from flaresmith.compiler.merge.engine import Hunk
from flaresmith.compiler.merge.report import conflict_facts, drift_report
from flaresmith.compiler.merge.three import Merged, merge

__all__ = [
    "Change",
    "ChangeType",
    "Choice",
    "Comparison",
    "Conflict",
    "Hunk",
    "Merged",
    "Reason",
    "Take",
    "compare",
    "conflict_facts",
    "drift_report",
    "known_bases",
    "merge",
    "needed_bases",
]
