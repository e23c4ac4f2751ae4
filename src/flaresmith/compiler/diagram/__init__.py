"""Entities as a picture: tables with their fields, and lines with crow's feet between them, always drawn the same."""

from flaresmith.compiler.diagram.draw import draw
from flaresmith.compiler.diagram.graph import Graph, graph

__all__ = ["Graph", "draw", "graph"]
