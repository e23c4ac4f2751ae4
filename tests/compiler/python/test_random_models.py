"""The whole chain over models nobody thought of: well-formed, migrated, agreeing, tested, changed, taken back."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.compiler.python.conftest import ran, write
from tests.compiler.python.odd_models import HOSTILE, SOURCE, field, model_of
from tests.make.machine import copy_database, drop_database

from flaresmith.compiler.model import (
    Cardinality,
    Entity,
    Field,
    Index,
    Kind,
    Limits,
    Reference,
    Relationship,
    Rule,
    Transition,
    Type,
)

_ENTITIES = ["Book", "user", "order_items", "Class", "Session", "contract", "Test", "Tag", "rows", "Unique", "Query"]
_FIELDS = [
    *("title", "Title", "order", "class", "größe", "x" * 90, "updatedAt", "createdAt", "deletedAt", "status", "row"),
    *("metadata", "1st", "__init__", "limit", "sort", "key", "body", "READ_ONLY", "from", "None", "query", "datetime"),
]
_WORDS = st.lists(
    st.sampled_from(["a", "b", "it's", 'q"', "x:y", "50%", "\\", "日本"]), min_size=1, max_size=4, unique=True
)
_TYPES = st.one_of(
    st.sampled_from([Type(kind) for kind in Kind if kind not in {Kind.ENUM, Kind.ARRAY}]),
    st.builds(lambda values: Type(Kind.ENUM, values=tuple(values)), _WORDS),
    st.builds(
        lambda length, form: Type(Kind.STRING, length=length, format=form),
        st.sampled_from([None, 1, 5, 255]),
        st.sampled_from(["", "email", "uri", "unheard"]),
    ),
    st.builds(lambda item: Type(Kind.ARRAY, items=item), st.sampled_from([Type(Kind.STRING), Type(Kind.JSON), None])),
    st.builds(lambda scale: Type(Kind.DECIMAL, precision=6, scale=scale), st.sampled_from([0, 2])),
)
_LIMITS = st.builds(
    lambda low, high, least, pattern: Limits(low, high, min_length=least, pattern=pattern),
    st.sampled_from([None, 0, 1, -5, 0.5]),
    st.sampled_from([None, 3, 100]),
    st.sampled_from([None, 1, 3]),
    st.sampled_from(["", "", "^[a-z]+$", r"^(?=.*\d).+$", "[", r"^[A-Z]{2}-\d{3}$"]),
)
_DEFAULTS = st.sampled_from(
    [None, "a", "it's", 1, -1, 1.5, True, [], {}, {"generated": "now"}, {"generated": "uuid"}, "2024-01-01", "x" * 300]
)


@st.composite
def _fields(draw: st.DrawFn, name: str) -> Field:
    facts = draw(st.fixed_dictionaries({n: st.booleans() for n in ("required", "unique", "indexed", "has_default")}))
    default = draw(_DEFAULTS) if facts["has_default"] else None
    return field(name, type_=draw(_TYPES), limits=draw(_LIMITS), default=default, description=HOSTILE, **facts)


@st.composite
def _entities(draw: st.DrawFn, name: str, names: list[str]) -> Entity:
    keys = draw(st.sampled_from([[], [Kind.UUID], [Kind.INTEGER], [Kind.STRING], [Kind.DATE, Kind.STRING]]))
    fields = [field("id" if len(keys) == 1 else f"part {n}", kind, primary_key=True) for n, kind in enumerate(keys)]
    chosen = draw(st.lists(st.sampled_from(_FIELDS), max_size=6, unique=True))
    fields += [draw(_fields(one)) for one in chosen]
    for number, target in enumerate(draw(st.lists(st.sampled_from([*names, "Nowhere"]), max_size=2))):
        reference = Reference(target, "id", draw(st.sampled_from(["", "cascade", "set null"])))
        required, unique = draw(st.booleans()), draw(st.booleans())
        fields.append(field(f"ref {number}", Kind.UUID, references=reference, required=required, unique=unique))
    states = [f for f in fields if len(f.type.values) > 1][:1]
    return Entity(
        name,
        SOURCE,
        fields=tuple(fields),
        indexes=(
            Index(tuple(chosen[:2]), draw(st.booleans()), SOURCE, where=draw(st.sampled_from(["", "title = 'a'"]))),
        ),
        transitions=tuple(Transition(f.name, f.type.values[0], f.type.values[1], SOURCE, "go-on") for f in states),
        relationships=(Relationship("links", draw(st.sampled_from(names)), Cardinality.MANY_TO_MANY, SOURCE),),
        rules=(Rule("sorted", SOURCE, "limit > order"), Rule("hostile", SOURCE, "1 = 1; DROP TABLE users")),
    )


@st.composite
def _models(draw: st.DrawFn) -> tuple[Entity, ...]:
    names = draw(st.lists(st.sampled_from(_ENTITIES), min_size=1, max_size=4, unique=True))
    return tuple(draw(_entities(name, names)) for name in names)


# One fixed example keeps the suite fast; set the variable to try that many new ones.
MODELS = int(os.environ.get("FLARESMITH_RANDOM_MODELS", "0"))


@settings(
    max_examples=MODELS or 1,
    derandomize=not MODELS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(first=_models(), second=_models())
def test_the_whole_chain(
    first: tuple[Entity, ...],
    second: tuple[Entity, ...],
    servers: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    name = f"random_{uuid.uuid4().hex[:12]}"
    url = copy_database(servers["postgres"], name, template="template0")
    try:
        _check(first, second, url, tmp_path_factory.mktemp("random", numbered=True))
    finally:
        drop_database(servers["postgres"], name)


def _check(first: tuple[Entity, ...], second: tuple[Entity, ...], url: str, folder: Path) -> None:
    before = model_of(*first)
    api = write(before, folder / "before")
    ran(api, url, "ruff", "format", "--check", "--no-cache", ".")
    ran(api, url, "ruff", "check", "--no-cache", ".")
    ran(api, url, "alembic", "upgrade", "head")
    ran(api, url, "alembic", "check")
    ran(api, url, "pytest", "-p", "no:cacheprovider", "-W", "error")
    changed = write(model_of(*second, before=before), folder / "after")
    ran(changed, url, "alembic", "upgrade", "head")
    ran(changed, url, "alembic", "check")
    ran(changed, url, "alembic", "downgrade", "base")
