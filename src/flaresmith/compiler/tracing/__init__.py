"""From requirement to task: what serves which requirement, and how that is known."""

from flaresmith.compiler.tracing.link import Link
from flaresmith.compiler.tracing.matrix import COLUMNS, Matrix, Row, matrix

__all__ = ["COLUMNS", "Link", "Matrix", "Row", "matrix"]
