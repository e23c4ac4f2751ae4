"""Row-level security as it stands in a migrated database equals what stands beside each model, and covers all."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from flaresmith.kit import discover, model
from flaresmith.kit.model import APP, SYSTEM, Policy, Public, policy_statements

discover.load_models()
TABLES = model.tables()
TENANT = sorted(name for name, each in TABLES.items() if isinstance(each.__policy__, Policy))

_RULES = (
    "SELECT policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
    " WHERE schemaname = 'public' AND tablename = %s ORDER BY 1"
)
_GRANTS = (
    "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
    " WHERE table_schema = 'public' AND table_name = %s AND grantee = ANY(%s) ORDER BY 1, 2"
)


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    """The migrated database as its owner; nothing that is done here stays."""
    with psycopg.connect(database) as connection:
        yield connection
        connection.rollback()


def test_the_models_are_the_tables(owner: psycopg.Connection) -> None:
    found = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {name for (name,) in found} - {"alembic_version"} == set(TABLES)


def test_every_table_has_a_policy_or_says_why_not() -> None:
    for name, each in TABLES.items():
        assert isinstance(each.__policy__, Policy | Public), name
        assert not isinstance(each.__policy__, Public) or len(each.__policy__.reason.split()) > 3, name


def test_row_security_is_enabled_and_forced(owner: psycopg.Connection) -> None:
    statement = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relrowsecurity AND relforcerowsecurity ORDER BY 1"
    )
    assert [name for (name,) in owner.execute(statement).fetchall()] == TENANT


@pytest.mark.parametrize("name", sorted(TABLES))
def test_policies_and_grants_are_those_beside_the_model(owner: psycopg.Connection, name: str) -> None:
    migrated = _security(owner, name)
    for policy in migrated[0]:
        owner.execute(f"DROP POLICY {policy[0]} ON {name}")
    owner.execute(f"REVOKE ALL ON {name} FROM {APP}, {SYSTEM}")
    for statement in policy_statements(name, TABLES[name].__policy__):
        owner.execute(statement)
    assert migrated == _security(owner, name)


@pytest.mark.parametrize("role", [APP, SYSTEM])
def test_roles_cannot_step_around_policies(owner: psycopg.Connection, role: str) -> None:
    flags = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin FROM pg_roles"
        " WHERE rolname = %s",
        [role],
    ).fetchone()
    assert flags == (False,) * 6
    owned = "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = %s"
    assert owner.execute(owned, [role]).fetchall() == []
    member = "SELECT count(*) FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member WHERE rolname = %s"
    assert owner.execute(member, [role]).fetchone() == (0,)


def test_nobody_else_was_granted_anything(owner: psycopg.Connection) -> None:
    statement = (
        "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema IN ('public', 'auth')"
        " AND grantee <> current_user ORDER BY 1"
    )
    assert owner.execute(statement).fetchall() == [(APP,), (SYSTEM,)]


def _security(owner: psycopg.Connection, name: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    grants = owner.execute(_GRANTS, [name, [APP, SYSTEM, "PUBLIC"]]).fetchall()
    return owner.execute(_RULES, [name]).fetchall(), grants
