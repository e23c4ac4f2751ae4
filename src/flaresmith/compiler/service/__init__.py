"""The generated service, planned once for every language: what each operation does, and how it answers.

`service(model)` gives a `Service`: `Group`s of `Operation`s in the order in which routes are tried, and the `Resource`
of each entity. A target reads the plan and writes code; services of two languages then answer alike. What follows is
what the plan means. Names of fields are those of the wire; JSON values have the wire types of `compiler.wire`
(decimals and bigints of more than 53 bits excepted, see there: a decimal is a string, a bigint a number).

**Requests.** A body is checked by the schema of the entity (derived operations) or first by the contract's schema and
then by the entity's (`Serving.sent` renames properties, `Serving.parts` adds fields from the path). Unknown properties
and unknown query parameters are refused; `Resource.read_only` fields are dropped. A body is at most 1 MiB (413
`BODY_TOO_LARGE`), and JSON that is taken as it stands: `"1"` is no number, 1 is not true, 0 is no day; 1.0 is a whole
number. Null is null where the field may be null, also where it has a default, and is refused elsewhere; only what is
left out gets its default. In paths, queries, headers and cookies a number is spelled as in JSON, a boolean `true` or
`false`, and every other type as in a body. A path parameter of a `served` operation that cannot be a key is 404, never
400; those of a handler, its headers and its cookies are checked by the contract. What fits none of several alternatives
is one issue, at the value. A path with a slash too many is another path. Every answer carries `X-Request-Id`: the
client's where it matches `[A-Za-z0-9._-]{1,128}`, else a new UUID.

**list.** `Serving.asked` says what each query parameter means. Controls: `:limit` (1..100, default 20), `:cursor`,
`:sort` (a name of `Resource.sorts`, `-` in front for descending), `:offset`, `:page` (from 1); any other is a field
that must equal the value. Rows with a value in `Resource.hidden` are left out. Order: `Resource.order`
(`descending`), or the sort asked for; then the key, in the same direction, so that no row is shown twice or left out
while others come and go. The cursor is base64url without padding of the JSON array `[order, value…]` of the last row
shown, where `order` is the field with `-` in front when descending and the values are those of the order and the key
(instants in ISO 8601, decimals as text); one that cannot be read or belongs to another order is 400 `INVALID_CURSOR`.
`Shape` says how rows and the facts about the page are put into the answer; `total` is counted only where it is shown.
A read whose contract describes no reply gets our own shape.

**create** inserts, then reads back what the database holds; `Operation.location` gives the `Location` header with the
key percent-encoded. **get** reads one row. **update** changes what was sent; **replace** sends everything but the
key: what is left out goes back to its default. Both lock the row first, and refuse a change of a state machine's
field that no arrow allows (409 `INVALID_TRANSITION`; staying is allowed). **delete** sets `Resource.hidden` to now,
else removes the row. **transition** follows the first of `Operation.arrows` that starts at the present state (or has
`before` None), 409 `INVALID_TRANSITION` where none does; a body, where the contract has one, changes fields besides.
Every write sets the fields in `Resource.touched` to now.

**linked** lists the rows of `Link.target` that stand in `Link.table` beside the row named in the path, with the
query, order and page of the target's own list. **link** adds a pair: 204, also when it was there; **unlink** removes
it: 204, or 404 when it was not there. All three answer 404 where the row in the path is not there or is hidden, link
also where the target is not.

**handler** operations check path, query, headers and body by the contract, then call the module `Operation.handler`,
which is written once and belongs to the user; as it comes it answers 501 `NOT_IMPLEMENTED` with the operation's id in
`details.operationId`. The same answer is given for a query parameter in `Serving.unasked`.

**Entity tags.** Where `Operation.tagged`, a success carries a strong `ETag` over what is shown: the whole row (all of
`Resource.shown`, whatever the operation shows of it, so that every operation gives one row the same tag), or the page
as sent. `If-None-Match` (a list of tags or `*`, compared weakly) on get, list and linked answers 304 without a body,
with the tag. Where `Operation.conditional`, `If-Match` (a list or `*`) that does not name the present tag answers 412
`VERSION_CONFLICT`, after 404 and before everything else.

**Callers.** Where `Operation.security` is not empty one alternative must be satisfied, before the request is checked.
Each `Demand` names where the credential stands (`Authorization: Bearer …`, `Authorization: Basic …`, a header, a
query parameter, a cookie); the user's `auth` module turns it into a caller with scopes, or refuses. No valid caller:
401 `UNAUTHENTICATED` with `WWW-Authenticate` for bearer and basic; a caller without a demanded scope: 403
`FORBIDDEN`.

**Errors** have one envelope, `{"error": {"code", "message", "severity", "retryPolicy", "requestId", "timestamp",
"details"?}}`: 400 (or `Operation.refusal`) `VALIDATION_ERROR` with `details.issues` of `{path, message, type}` (type:
`missing`, `unknown`, `type`, `format`, `value`, `range`, `json`, `constraint`; one issue for a place), 400
`BAD_REQUEST` for a body that cannot be read, 404 `RESOURCE_NOT_FOUND` ("There is no such tool."), 405
`METHOD_NOT_ALLOWED`, 409 `ALREADY_EXISTS` (unique), `REFERENCE_NOT_FOUND` and `RESOURCE_IN_USE` (foreign keys) with
`details.fields`, 409 `CONFLICT` (serialization, retryPolicy `safe`), 500 `INTERNAL_UNEXPECTED`, 503
`DATABASE_UNAVAILABLE` with `Retry-After: 2`. A check that fails is `VALIDATION_ERROR` with the type `constraint`.
Severity is `critical` from 500 on (501 excepted), else `warn`.

**Purges** are done by a command of the service, never by a request: rows of `Purge.entity` whose `Purge.field` is
older than `Purge.days` are removed for good, and counted.
"""

from __future__ import annotations

from flaresmith.compiler.links import Link, links
from flaresmith.compiler.model import EntityKind, Model
from flaresmith.compiler.service.operations import Operations
from flaresmith.compiler.service.plan import (
    Action,
    Arrow,
    Demand,
    Group,
    Machine,
    Operation,
    Purge,
    Resource,
    Service,
    Serving,
    Shape,
    View,
)
from flaresmith.compiler.service.resources import resource
from flaresmith.compiler.service.retention import purges
from flaresmith.compiler.service.routing import gathered
from flaresmith.compiler.tables import tables
from flaresmith.compiler.wire import wire

__all__ = [
    "Action",
    "Arrow",
    "Demand",
    "Group",
    "Link",
    "Machine",
    "Operation",
    "Purge",
    "Resource",
    "Service",
    "Serving",
    "Shape",
    "View",
    "service",
]

_latest: tuple[Model, Service] | None = None


def service(model: Model) -> Service:
    """The plan of a model's service; the latest answer is remembered, since several targets ask for the same one."""
    global _latest
    latest = _latest
    if latest is None or latest[0] is not model:
        _latest = latest = (model, _service(model))
    return latest[1]


def _service(model: Model) -> Service:
    everything = wire(model)
    persisted = [e for e in everything.entities.values() if e.kind is EntityKind.PERSISTED]
    by_entity = {table.entity: table for table in tables(persisted) if table.entity}
    known = links(persisted)
    resources = {e.name: resource(e, by_entity[e.name], known.get(e.name, ())) for e in persisted}
    planner = Operations(model, resources, everything.endpoints)
    groups = tuple(
        Group(
            found.name,
            found.title,
            resources.get(found.entity),
            tuple(planner.operation(endpoint) for endpoint in found.endpoints),
        )
        for found in gathered(everything.endpoints, list(resources))
    )
    return Service(model.name, resources, groups, tuple(purges(persisted)))
