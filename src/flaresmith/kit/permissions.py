"""Named permissions and the project roles that carry them. `docs/reference/permissions.md` is generated from here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flaresmith.kit.errors import Forbidden


class ProjectRole(StrEnum):
    """Roles in a project, strongest first (001:FR-020)."""

    OWNER = "owner"
    MAINTAINER = "maintainer"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"


OWNERS = frozenset({ProjectRole.OWNER})
MAINTAINERS = OWNERS | {ProjectRole.MAINTAINER}
CONTRIBUTORS = MAINTAINERS | {ProjectRole.CONTRIBUTOR}
VIEWERS = CONTRIBUTORS | {ProjectRole.VIEWER}


@dataclass(frozen=True, slots=True)
class Permission:
    """A durable name, and the project roles that hold it; empty roles: everyone who is signed in."""

    name: str
    roles: frozenset[ProjectRole] = frozenset()
    description: str = ""


_declared: dict[str, Permission] = {}


def permission(name: str, *, roles: frozenset[ProjectRole] = frozenset(), description: str = "") -> Permission:
    """Declare a permission once, at the top of the module whose verbs need it."""
    if name in _declared:
        raise ValueError(f"permission {name} is declared twice")
    _declared[name] = Permission(name, roles, description)
    return _declared[name]


def declared() -> tuple[Permission, ...]:
    """Every permission, by name."""
    return tuple(_declared[name] for name in sorted(_declared))


def check_role(role: str, needed: Permission) -> None:
    """Raise Forbidden unless `role` (of the actor in the project at hand) carries the permission."""
    if role not in needed.roles:
        roles = " or ".join(sorted(r.value for r in needed.roles))
        raise Forbidden(
            f"This needs the role {roles}; you are {role or 'not a member'}.", context={"needs": needed.name}
        )
