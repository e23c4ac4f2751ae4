"""The plan of a generated service as data: resources, operations and how each is answered.

Every name here is the spec's: fields are named as on the wire, never as columns or attributes of a language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flaresmith.compiler.links import Link
from flaresmith.compiler.model import Endpoint, Entity
from flaresmith.compiler.tables import Table


class Action(StrEnum):
    """What an operation does. `handler` operations check the request and leave the rest to a person's code."""

    LIST = "list"
    CREATE = "create"
    GET = "get"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    TRANSITION = "transition"
    LIST_LINKED = "linked"
    LINK = "link"
    UNLINK = "unlink"
    HANDLER = "handler"


@dataclass(frozen=True, slots=True)
class View:
    """How a row is shown: property of the contract → field of the entity, and which of them are numbers there.

    `numbers` are properties whose field is a decimal (text on our own wire) and whose contract says number.
    """

    names: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """The body of a success: nothing (`view` is None), one row, or rows inside an object whose members are known.

    `member` is the property that holds the row or rows, empty where they are the whole body. `extra` maps each other
    property to what it holds: `more` (boolean), `cursor` (text or null), `total`, `limit`, `offset`, `page` (whole
    numbers), or another such mapping.
    """

    view: View | None = None
    many: bool = False
    member: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Serving:
    """How an operation is answered: status and shape, where path values and sent properties belong.

    `key` is the path parameter with the key of the row (a composite key is joined by commas, each part
    percent-encoded); it is empty where several parameters hold the key's parts. `parts` maps a path parameter to the
    field whose value it gives: a part of the key, or a reference to the outer row. `sent` maps a body property to a
    field, only where the names differ. `asked` maps a query parameter to a field (an exact match) or to a control:
    `:limit`, `:cursor`, `:sort`, `:offset`, `:page`. `unasked` are optional query parameters that nothing can serve:
    sending one answers 501.
    """

    status: int
    shape: Shape
    key: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """One allowed change of state; `before` is None where the arrow starts in every state."""

    before: str | None
    after: str
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """The state machine of one field: where a new row stands (empty where unknown), and its arrows in order."""

    field: str
    start: str
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """An entity as the service keeps it. All names are field names; `columns` maps them to the columns of `table`.

    `shown` are the fields of a reply in order, `created` what a client may send to create or replace, `changed` what
    it may send to change; `read_only` fields are dropped from bodies silently when sent. `order` is the default order
    of lists (`descending` tells the direction), `sorts` what `sort` may name, `filters` what a query may narrow.
    `hidden` is the field that marks deleted rows, or empty. `touched` are set to the present time on every write.
    """

    entity: Entity
    table: Table
    columns: Mapping[str, str]
    key: tuple[str, ...]
    shown: tuple[str, ...]
    created: tuple[str, ...]
    changed: tuple[str, ...]
    read_only: tuple[str, ...]
    order: str
    descending: bool
    sorts: tuple[str, ...]
    filters: tuple[str, ...]
    hidden: str
    touched: tuple[str, ...]
    machines: tuple[Machine, ...]
    links: tuple[Link, ...] = ()

    @property
    def name(self) -> str:
        """The entity's name as written."""
        return self.entity.name


@dataclass(frozen=True, slots=True)
class Demand:
    """One security scheme that a request must satisfy, with the scopes its caller must hold.

    `kind` is bearer, basic, header, query or cookie; `name` is the header, parameter or cookie of the last three.
    """

    scheme: str
    kind: str
    name: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One route. `endpoint` is complete: parameters, bodies and replies also of derived operations.

    `resource` and `serving` are set unless `action` is `handler`. `arrows` are what a transition may follow, all of
    the field `state`. `link` is set for the three link actions. `location` is the path template of what a create
    makes (empty: no `Location` header). `refusal` is the status of an invalid request: 400, or 422 where the contract
    names that instead. `security` are alternatives: one of them must be satisfied in all its demands; without any the
    operation is open. `handler` names the module with a
    person's code. `tagged` says that replies carry an `ETag`, `conditional` that `If-Match` is honoured.
    """

    endpoint: Endpoint
    action: Action
    resource: Resource | None = None
    serving: Serving | None = None
    arrows: tuple[Arrow, ...] = ()
    state: str = ""
    link: Link | None = None
    location: str = ""
    refusal: int = 400
    security: tuple[tuple[Demand, ...], ...] = ()
    handler: str = ""
    tagged: bool = False
    conditional: bool = False

    @property
    def derived(self) -> bool:
        """Whether the compiler made the operation; else a contract describes it."""
        return self.endpoint.derived


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that share a module: those of one entity, or those of a tag that no entity explains.

    `name` is snake case and unique; `resource` is empty for the latter. Operations stand in the order in which they
    must be tried, plain paths before patterns.
    """

    name: str
    title: str
    resource: Resource | None
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Purge:
    """Rows to remove for good: those whose `field` (a time) is older than `days`; `text` is the author's wording."""

    entity: str
    field: str
    days: float
    text: str


@dataclass(frozen=True, slots=True)
class Service:
    """The whole service. `groups` stand in the order in which their routes must be tried.

    `guarded` says whether any operation demands a caller: only then the service has an `auth` module.
    """

    name: str
    resources: Mapping[str, Resource]
    groups: tuple[Group, ...]
    purges: tuple[Purge, ...] = ()

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the order in which routes are tried."""
        return tuple(operation for group in self.groups for operation in group.operations)

    @property
    def guarded(self) -> bool:
        """Whether any operation asks who is calling."""
        return any(operation.security for operation in self.operations)
