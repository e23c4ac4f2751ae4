"""The pages of events, permissions and tables: what happens, who may, and what is kept."""

from __future__ import annotations

from flaresmith.cli.local.docs.markdown import code, page, sentence, table
from flaresmith.kit import discover, model, workflows
from flaresmith.kit import permissions as kit_permissions
from flaresmith.kit.events import declared
from flaresmith.kit.model import Policy, Public, Table
from flaresmith.kit.permissions import ProjectRole

_EVENTS = (
    "An event is a row, written in the transaction of what changed; each of its listeners is a durable workflow that "
    "starts exactly once. *Serial* names the field whose equal values never run side by side."
)
_PERMISSIONS = (
    "Who may do what, by role in the project at hand. What carries no role is open to everyone who is signed in. "
    "The machine itself may do everything; keys and tools may carry less than their person."
)
_TABLES = (
    "Every table has row-level security, enabled and forced. A cell is the condition under which the application's "
    "role may do it; – means never. The system role (workflows) sees all rows and holds the grants of the last column."
)


def events() -> str:
    """Every event with its fields and who listens."""
    list(discover.modules("workflows"))
    listening = workflows.listeners()
    rows = []
    ours = {name: one for name, one in declared().items() if one.__module__.startswith("flaresmith.")}
    for name, event in ours.items():
        heard = ", ".join(
            code(one.name) + (f" (serial by {code(one.serial)})" if one.serial else "")
            for one in sorted(listening.get(name, ()), key=lambda one: one.name)
        )
        rows.append((code(name), sentence(event), ", ".join(map(code, event.model_fields)), heard or "nobody yet"))
    return page("Events", _EVENTS, table(("Event", "What happened", "Fields", "Listeners"), rows))


def permissions() -> str:
    """Permissions against roles."""
    rows = [
        (
            code(one.name),
            *("yes" if not one.roles or role in one.roles else "–" for role in ProjectRole),
            one.description,
        )
        for one in kit_permissions.declared()
    ]
    columns = ("Permission", *(role.value.title() for role in ProjectRole), "What it allows")
    return page("Permissions", _PERMISSIONS, table(columns, rows))


def tables() -> str:
    """Each table with its columns and its policy."""
    discover.load_models()
    found = dict(sorted(model.tables().items()))
    policies = [_row(name, each) for name, each in found.items()]
    columns = ("Table", "Select", "Insert", "Update", "Delete", "System")
    return page("Tables", _TABLES, table(columns, policies), *(_columns(name, each) for name, each in found.items()))


def _row(name: str, each: type[Table]) -> tuple[str, ...]:
    policy = each.__policy__
    if isinstance(policy, Public):
        return (code(name), f"public: {policy.reason}", "–", "–", "–", "SELECT")
    return (code(name), *(_rule(policy, verb) for verb in ("select", "insert", "update", "delete")), policy.system)


def _rule(policy: Policy, verb: str) -> str:
    rule = getattr(policy, verb)
    return code(rule) if rule else "–"


def _columns(name: str, each: type[Table]) -> str:
    rows = [
        (code(column.name), str(column.type).lower(), "" if column.nullable else "required", _target(column))
        for column in each.__table__.columns
    ]
    place = code(each.__module__.removeprefix("flaresmith."))
    lede = f"{sentence(each)} Declared in {place}."
    return f"## `{name}`\n\n{lede}\n\n" + table(("Column", "Type", "Null", "References"), rows)


def _target(column: object) -> str:
    return ", ".join(sorted(code(key.target_fullname) for key in getattr(column, "foreign_keys", ())))
