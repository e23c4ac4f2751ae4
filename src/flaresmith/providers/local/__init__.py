"""The local provider: code, databases, runtime and collections on this machine, without any account.

Everything is real: Git repositories, PostgreSQL databases, running processes. It lies under the data folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.resources import Provider, ResourceKind

if TYPE_CHECKING:
    from flaresmith.providers.local.database.server import Server
    from flaresmith.providers.local.disk import ReadBlob
    from flaresmith.providers.local.settings import LocalSettings


async def connect(
    settings: LocalSettings | None = None, read_blob: ReadBlob | None = None
) -> Mapping[str, ResourceKind]:
    """The kinds by name: repository, commit, database, service, build, collection.

    `read_blob` gets content by its sha256, by default from the store of this copy. Unavailable if no server is named.
    """
    from flaresmith.kit import store
    from flaresmith.providers.local.code.commit import CommitKind
    from flaresmith.providers.local.code.repository import RepositoryKind
    from flaresmith.providers.local.collections.collection import CollectionKind
    from flaresmith.providers.local.database.database import DatabaseKind
    from flaresmith.providers.local.runtime.client import Daemon
    from flaresmith.providers.local.runtime.resources import BuildKind, ServiceKind
    from flaresmith.providers.local.settings import LocalSettings

    settings = settings or LocalSettings()
    read_blob = read_blob or store.get
    repositories = RepositoryKind(settings.directory / "repositories")
    databases = DatabaseKind(
        _server(settings),
        statement_timeout_s=settings.statement_timeout_s,
        connections=settings.database_connections,
    )
    daemon = Daemon(settings.directory / "runtime")
    kinds: tuple[ResourceKind, ...] = (
        repositories,
        CommitKind(repositories, read_blob),
        databases,
        ServiceKind(daemon),
        BuildKind(daemon, databases),
        CollectionKind(settings.directory / "collections", read_blob),
    )
    return {kind.name: kind for kind in kinds}


def _server(settings: LocalSettings) -> Server:
    from flaresmith.providers.local.database.server import Server
    from flaresmith.providers.local.disk import read_or_make_key

    if settings.database_url is None or not settings.database_url.get_secret_value():
        raise Unavailable(
            "No database server is named for the databases of environments.",
            hint="Set DATABASE_URL, or start the embedded server with `flaresmith up`.",
        )
    return Server(settings.database_url.get_secret_value(), read_or_make_key(settings.directory / "keys" / "database"))


PROVIDER = Provider(
    name="local",
    title="This machine",
    roles=("code", "database", "runtime", "collections"),
    connect=connect,
    concurrency=8,
)
