"""The deterministic names of local resources, and the check that a name is one of them."""

from __future__ import annotations

import hashlib
import re

from flaresmith.kit.errors import Invalid

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?")
_DATABASE = re.compile(r"fs_[a-z0-9_]{1,60}")
_BRANCH = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._/-]{0,198}[A-Za-z0-9_-])?")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:-]{0,99}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def service(slug: str, environment: str) -> str:
    """Name of a deployed service: `<slug>-api-<environment>`, for production `<slug>-api` (002 quickstart)."""
    return f"{slug}-api" if environment == "prod" else f"{slug}-api-{environment}"


def database(slug: str, environment: str) -> str:
    """Name of an environment's database: `fs_<slug>_<environment>`, at most 63 bytes, never the same for two.

    A dash becomes `_`. An environment with a dash (a preview) is set off by `__`, so that no other slug can spell it.
    """
    gap = "__" if "-" in environment else "_"
    name = f"fs_{slug}{gap}{environment}".replace("-", "_")
    if len(name) <= 63:
        return name
    return f"{name[:52]}__{hashlib.sha256(name.encode()).hexdigest()[:9]}"


def build(commit: str) -> str:
    """Name of the build of a commit: `build-<first 12 digits>`."""
    return f"build-{commit[:12]}"


def checked(name: str) -> str:
    """The name of a repository, service, build or collection if it is safe as a file name; raises Invalid."""
    if not _NAME.fullmatch(name) or ".." in name or name.endswith((".git", ".lock")):
        raise Invalid(
            f"{name[:120]!r} cannot be a name here.", hint="Use a-z, 0-9, dash and dot, up to 100, no dot at the ends."
        )
    return name


def checked_database(name: str) -> str:
    """The name of a database of ours (`fs_…`, 63 bytes); raises Invalid."""
    if not _DATABASE.fullmatch(name):
        raise Invalid(f"{name[:120]!r} cannot name a database here.", hint="Use fs_ and a-z, 0-9, _, up to 63.")
    return name


def checked_branch(name: str) -> str:
    """The name of a branch that is safe in every Git command; raises Invalid."""
    if not _BRANCH.fullmatch(name) or any(bad in name for bad in ("..", "//", "/.", "./", ".lock", "@{")):
        raise Invalid(f"{name[:120]!r} cannot name a branch.", hint="Use letters, digits, dash, dot and slash.")
    return name


def checked_commit(commit: object) -> str:
    """The full hash of a commit (40 hex digits); raises Invalid."""
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        raise Invalid(f"{str(commit)[:80]!r} is not the full hash of a commit.")
    return commit


def checked_owner(owner: str) -> str:
    """An ownership tag that can stand in any configuration or comment unquoted; raises Invalid."""
    if not _OWNER.fullmatch(owner):
        raise Invalid(f"{owner[:120]!r} cannot be an owner.", hint="Owners are project ids: letters, digits, dashes.")
    return owner
