"""What `up` does once everything answers: make this computer's owner, and provision the example."""

from __future__ import annotations

import os
from pathlib import Path


def first_owner() -> str:
    """Make the owner's account when there is none, keep its token for commands; a one-time sign-in URL."""
    import asyncio

    from flaresmith.features.identity import live as identity
    from flaresmith.kit import tx
    from flaresmith.kit.settings import settings

    async def make() -> str:
        try:
            await identity.local_token()
            return settings().web_url.rstrip("/") + await identity.sign_in_link()
        finally:
            await tx.close()

    return asyncio.run(make())


def seed(folder: Path) -> None:
    """Create a project of the specs in a folder and see it provisioned, unless there is one of them already."""
    from flaresmith.cli import documents
    from flaresmith.cli.remote import project
    from flaresmith.cli.remote.api import Api
    from flaresmith.cli.remote.copy import find
    from flaresmith.kit.settings import settings

    data = settings().data
    os.environ.pop("FLARESMITH_API_URL", None)  # a role's setting; to a command it names a copy elsewhere
    source = str(documents.read(folder).source)
    name = folder.name.replace("-", " ").replace("_", " ").title()
    for known in Api(find(data)).all("/projects"):
        if known["specsSource"] == source or known["name"] == name:
            return
    project.create(name=name, specs=folder, slug=None, wait=True, data=data, as_json=False)
