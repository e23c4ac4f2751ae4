"""The journal of convergence: one row per resource and the run's stream, written together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select, text

from flaresmith.features.projects.models import Resource
from flaresmith.kit import crypto, ids
from flaresmith.kit.converge import Action, Note, State, Status
from flaresmith.kit.stream import append
from flaresmith.kit.tx import Tx

_UPSERT = text("""
INSERT INTO resources (id, project_id, org_id, key, environment, provider, kind, name, status, action, spec_hash,
    request_hash, external_id, outputs, sealed_outputs, needs, error)
SELECT id, :project_id, :org_id, key, environment, provider, kind, name, status, action, spec_hash,
    request_hash, external_id, outputs, decode(sealed, 'hex'), needs, error
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, key text, environment text, provider text, kind text,
    name text, status text, action text, spec_hash text, request_hash text, external_id text, outputs jsonb,
    sealed text, needs jsonb, error text)
ON CONFLICT (project_id, key) DO UPDATE SET environment = excluded.environment, provider = excluded.provider,
    kind = excluded.kind, name = excluded.name, status = excluded.status, action = excluded.action,
    spec_hash = excluded.spec_hash, request_hash = excluded.request_hash, external_id = excluded.external_id,
    outputs = excluded.outputs, sealed_outputs = excluded.sealed_outputs, needs = excluded.needs,
    error = excluded.error, updated_at = now()
""")


async def write_journal(
    tx: Tx, project_id: uuid.UUID, run_id: uuid.UUID, states: Sequence[State], notes: Sequence[Note]
) -> None:
    """Keep these states (the last one per key counts) and append the notes to the run. Two round trips at most."""
    latest = {state.key: state for state in states}
    if latest:
        rows = orjson.dumps([_row(project_id, state) for state in latest.values()], default=str).decode()
        await tx.session.execute(
            _UPSERT, {"project_id": project_id, "org_id": tx.actor.org_id, "rows": rows.replace("\\u0000", "\\ufffd")}
        )
    if notes:
        await append(tx, run_id, *notes)


async def load_states(tx: Tx, project_id: uuid.UUID) -> dict[str, State]:
    """The last journaled word on every resource of a project, secret outputs opened."""
    rows = await tx.session.scalars(select(Resource).where(Resource.project_id == project_id))
    return {row.key: _state(row) for row in rows}


def _row(project_id: uuid.UUID, state: State) -> dict[str, Any]:
    secret = {k: v for k, v in state.outputs.items() if k in state.secrets}
    sealed = crypto.encrypt(orjson.dumps(secret).decode(), bound_to=_binding(project_id, state.key)) if secret else None
    return {
        "id": ids.derived("resource", project_id, state.key),
        "key": state.key,
        "environment": state.environment,
        "provider": state.provider,
        "kind": state.kind,
        "name": state.name,
        "status": state.status.value,
        "action": state.action.value,
        "spec_hash": state.spec_hash,
        "request_hash": state.request_hash,
        "external_id": state.external_id,
        "outputs": {k: v for k, v in state.outputs.items() if k not in state.secrets},
        "sealed": sealed.hex() if sealed else None,
        "needs": list(state.needs),
        "error": state.error,
    }


def _state(row: Resource) -> State:
    secret: dict[str, Any] = {}
    if row.sealed_outputs is not None:
        secret = orjson.loads(crypto.decrypt(row.sealed_outputs, bound_to=_binding(row.project_id, row.key)))
    return State(
        key=row.key,
        provider=row.provider,
        kind=row.kind,
        name=row.name,
        environment=row.environment,
        status=Status(row.status),
        action=Action(row.action),
        spec_hash=row.spec_hash,
        request_hash=row.request_hash,
        external_id=row.external_id,
        outputs={**row.outputs, **secret},
        secrets=frozenset(secret),
        needs=tuple(row.needs),
        error=row.error,
    )


def _binding(project_id: uuid.UUID, key: str) -> str:
    return f"resources/{project_id}/{key}"
