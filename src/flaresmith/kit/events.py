"""What happened, as rows: written in the same transaction as what changed, and from there starting workflows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from flaresmith.kit import ids
from flaresmith.kit.actor import Actor
from flaresmith.kit.model import Policy, Table

_declared: dict[str, type[Event]] = {}


class Event(BaseModel):
    """Something that happened, in the past tense. Subclass with a durable name: `class Paid(Event, name="x.paid")`."""

    model_config = ConfigDict(frozen=True)
    event_name: ClassVar[str] = ""

    def __init_subclass__(cls, *, name: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not name or _declared.get(name, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"{cls.__name__} needs a durable name of its own")
        cls.event_name = name
        _declared[name] = cls


class EventRow(Table):
    """One event as kept. Nobody but the machine reads it; it is never changed."""

    __tablename__ = "events"
    __policy__ = Policy(system="SELECT, INSERT")

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    org_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_id: Mapped[uuid.UUID | None]
    request_id: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @classmethod
    def of(cls, event: Event, actor: Actor, *, key: str = "") -> Self:
        """The row of an event; with a key its id depends on actor, name and key alone."""
        return cls(
            id=ids.derived("event", actor.user_id, event.event_name, key) if key else ids.new(),
            name=event.event_name,
            payload=event.model_dump(mode="json"),
            org_id=actor.org_id,
            actor_id=actor.user_id,
            request_id=actor.request_id,
        )

    def event(self) -> Event:
        """The typed event again."""
        return _declared[self.name].model_validate(self.payload)


def declared() -> dict[str, type[Event]]:
    """Every event by its durable name."""
    return dict(sorted(_declared.items()))
