"""How long rows are kept, as rules that a command can carry out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flaresmith.compiler import resolve
from flaresmith.compiler.model import Entity, Retention
from flaresmith.compiler.service.plan import Purge

_DELETED = ("delet", "remov", "trash", "purge")


def purges(entities: Sequence[Entity]) -> Iterator[Purge]:
    """One rule per retention whose length in days and whose time are known."""
    for entity in entities:
        for retention in entity.retention:
            if retention.days is not None and retention.days > 0 and (field := counted_from(entity, retention)):
                yield Purge(entity.name, field, retention.days, retention.text)


def counted_from(entity: Entity, retention: Retention) -> str:
    """The time from which the days count: the deletion where the author speaks of it, else the creation."""
    deleted = next((f.name for f in entity.fields if resolve.is_deletion_time(f)), "")
    if deleted and any(word in retention.text.lower() for word in _DELETED):
        return deleted
    created = next((f.name for f in entity.fields if resolve.is_creation_time(f)), "")
    return created or deleted
