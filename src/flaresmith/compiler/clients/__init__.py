"""What the targets that call the service share: its operations in groups, how each is called, and how lists go on."""

from flaresmith.compiler.clients.operations import Body, Group, Operation, groups, operations
from flaresmith.compiler.clients.paging import Paging

__all__ = ["Body", "Group", "Operation", "Paging", "groups", "operations"]
