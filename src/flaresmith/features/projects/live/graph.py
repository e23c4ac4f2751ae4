"""What resources a project wants, as data: a pure function of the project, its environments and their revisions.

Roles have standard kinds, whoever provides them: code `repository` and `commit`, database `database`, runtime `build`
and `service`, collections `collection`. Keys are the tail of the idempotency key (flaresmith §1.2).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flaresmith.kit.clock import rfc3339
from flaresmith.kit.resources import Desired, Output

_BRANCHES = ["main", "staging", "dev"]


@dataclass(frozen=True, slots=True)
class WantedCode:
    """A revision as the graph needs it: stored files by path, paths to delete, and the commit it builds on."""

    number: int
    message: str
    at: datetime
    files: Mapping[str, str]
    deleted: Sequence[str]
    parent: str | None


@dataclass(frozen=True, slots=True)
class WantedEnvironment:
    """An environment as the graph needs it."""

    name: str
    branch: str
    code: WantedCode | None


@dataclass(frozen=True, slots=True)
class WantedProject:
    """A project as the graph needs it: `handle` is its name on providers, `providers` one name per role."""

    id: uuid.UUID
    name: str
    handle: str
    providers: Mapping[str, str]
    environments: Sequence[WantedEnvironment]


def desired(project: WantedProject) -> list[Desired]:
    """Every resource the project wants."""
    wanted = [_repository(project)]
    for environment in project.environments:
        wanted.append(_database(project, environment))
        if environment.code is not None:
            wanted.append(_commit(project, environment, environment.code))
            wanted.append(_service(project, environment, [e.name for e in project.environments]))
            wanted.append(_collection(project, environment, environment.code))
    dev = next((e for e in project.environments if e.name == "dev"), None)
    if dev is not None and dev.code is not None:
        wanted += [_build(project), _base_collection(project, dev.code)]
    return wanted


def _repository(project: WantedProject) -> Desired:
    return Desired(
        key="repository-all",
        provider=project.providers["code"],
        kind="repository",
        name=project.handle,
        spec={"branches": _BRANCHES, "protected": ["main", "staging"]},
        reason="the project needs a repository",
    )


def _commit(project: WantedProject, environment: WantedEnvironment, code: WantedCode) -> Desired:
    return Desired(
        key=f"commit-{environment.name}",
        provider=project.providers["code"],
        kind="commit",
        name=f"{project.handle}-{environment.name}",
        environment=environment.name,
        spec={
            "repository": Output("repository-all", "name"),
            "branch": environment.branch,
            "files": dict(code.files),
            "delete": list(code.deleted),
            "message": code.message,
            "author_time": rfc3339(code.at),
            "parents": code.parent,
        },
        needs=("repository-all",),
        reason=code.message.splitlines()[0],
    )


def _database(project: WantedProject, environment: WantedEnvironment) -> Desired:
    branch_of = "prod" if environment.name != "prod" else None
    return Desired(
        key=f"database-{environment.name}",
        provider=project.providers["database"],
        kind="database",
        name=f"fs_{project.handle}_{environment.name}".replace("-", "_"),
        environment=environment.name,
        spec={"source": Output("database-prod", "name") if branch_of else None},
        needs=("database-prod",) if branch_of else (),
        reason=f"{environment.name} needs a database of its own",
    )


def _build(project: WantedProject) -> Desired:
    return Desired(
        key="build-dev",
        provider=project.providers["runtime"],
        kind="build",
        name=f"{project.handle}-build",
        environment="dev",
        spec={"repository": Output("repository-all", "name"), "commit": Output("commit-dev", "commit")},
        needs=("repository-all", "commit-dev"),
        reason="a commit is deployed only after its tests have passed",
    )


def _service(project: WantedProject, environment: WantedEnvironment, environments: Sequence[str]) -> Desired:
    name = environment.name
    # the databases of the others are copied from prod's: nothing may be at work in it before that is done
    databases = [f"database-{n}" for n in environments] if name == "prod" else [f"database-{name}"]
    tested = ["build-dev"] if name == "dev" else []
    return Desired(
        key=f"service-{name}",
        provider=project.providers["runtime"],
        kind="service",
        name=f"{project.handle}-api" if name == "prod" else f"{project.handle}-api-{name}",
        environment=name,
        spec={
            "repository": Output("repository-all", "name"),
            "commit": Output(f"commit-{name}", "commit"),
            "environment": name,
            "database_url": Output(f"database-{name}", "url"),
            "kind": "python",
        },
        needs=("repository-all", f"commit-{name}", *databases, *tested),
        reason=f"{name} runs the product",
    )


def _collection(project: WantedProject, environment: WantedEnvironment, code: WantedCode) -> Desired:
    name = environment.name
    return Desired(
        key=f"collection-{name}",
        provider=project.providers["collections"],
        kind="collection",
        name=f"{project.handle}-{name}",
        environment=name,
        spec={
            "name": f"Flaresmith - {project.name} ({name})",
            "files": _postman(code.files, name),
            "environment": name,
            "base_url": Output(f"service-{name}", "url"),
        },
        needs=(f"service-{name}",),
        reason=f"{name} has a collection that calls it",
    )


def _base_collection(project: WantedProject, code: WantedCode) -> Desired:
    return Desired(
        key="collection-all",
        provider=project.providers["collections"],
        kind="collection",
        name=project.handle,
        spec={
            "name": f"Flaresmith Base - {project.name}",
            "files": _postman(code.files, "base"),
            "environment": "base",
            "base_url": Output("service-dev", "url"),
        },
        needs=("service-dev",),
        reason="every project has a base collection",
    )


def _postman(files: Mapping[str, str], part: str) -> dict[str, str]:
    prefix = f"postman/{part}."
    return {path.removeprefix("postman/"): address for path, address in files.items() if path.startswith(prefix)}
