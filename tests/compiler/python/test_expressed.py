"""What a spec says and no target can do is said to the author, and in the code of the table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.compiler.python.conftest import files_of
from tests.compiler.python.odd_models import SOURCE, entity, field, model_of, uuid_key
from tests.compiler.python.test_widened import SCHOOL

from flaresmith.compiler.expressed import diagnostics, not_expressed
from flaresmith.compiler.model import (
    Cardinality,
    Entity,
    Index,
    Kind,
    Limits,
    Relationship,
    Retention,
    Rule,
    Seed,
    Severity,
)

NAME = field("name", limits=Limits(min_length=2))
PAIR = entity("Pair", field("a", Kind.INTEGER, primary_key=True), field("b", Kind.INTEGER, primary_key=True))


def thing(**facts: object) -> Entity:
    return replace(entity("Thing", uuid_key(), NAME), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (thing(indexes=(Index(("nme",), False, SOURCE),)), "the index (nme) of Thing is not made: no field nme"),
        (
            thing(indexes=(Index(("name",), True, SOURCE, where="moon is full"),)),
            "the condition of the index (name) of Thing is not understood: it covers every row and is not unique",
        ),
        (
            thing(indexes=(Index(("name",), False, SOURCE, method="GIN"),)),
            "PostgreSQL has no gin index on (name) of Thing without an extension: it is a btree",
        ),
        (
            thing(rules=(Rule("name is nice", SOURCE, "nice(name)"),)),
            "a rule of Thing is checked by nothing: name is nice",
        ),
        (
            thing(fields=(uuid_key(), field("name", limits=Limits(pattern="^(?=a)a$")))),
            "the pattern of Thing.name is checked by the Python service alone",
        ),
        (
            thing(fields=(uuid_key(), field("name", limits=Limits(pattern="^(a$")))),
            "the pattern of Thing.name is checked by nothing",
        ),
        (
            thing(seeds=(Seed({"nme": "x"}, SOURCE),)),
            "a row of Thing that should exist from the start is not made: Thing has no field nme",
        ),
        (
            thing(seeds=(Seed({"name": "x"}, SOURCE),)),
            "a row of Thing that should exist from the start is not made: 'x' is no value of Thing.name",
        ),
        (
            thing(retention=(Retention("kept as long as useful", SOURCE),)),
            "how long rows of Thing are kept is not carried out: kept as long as useful",
        ),
        (
            thing(retention=(Retention("30 days", SOURCE, 30),)),
            "how long rows of Thing are kept is not carried out: 30 days",
        ),
        (
            thing(relationships=(Relationship("pair", "Pair", Cardinality.MANY_TO_MANY, SOURCE),)),
            "Thing N:M Pair has no operations of its own: a key has several parts",
        ),
    ],
)
def test_it_is_said(one: Entity, says: str) -> None:
    model = model_of(one, PAIR)
    assert [fact.message for fact in not_expressed(model)] == [says]
    (found,) = diagnostics(model)
    assert (found.rule, found.severity, found.source) == ("not-expressed", Severity.INFO, SOURCE)
    assert found.hint
    head = " ".join(files_of(model)["api/app/models/thing.py"].text.split('"""')[1].split())
    assert f"Not expressed: {says}." in head


def test_a_scheme_that_cannot_be_checked_is_said() -> None:
    guarded = replace(SCHOOL.endpoints[0], security=({"tls": []},))
    model = replace(SCHOOL, endpoints=(guarded,), security_schemes={"tls": {"type": "mutualTLS"}})
    assert "the security scheme tls cannot be checked as such" in not_expressed(model)[-1].message


def test_what_is_expressed_is_not_said() -> None:
    assert not_expressed(model_of(thing(), PAIR)) == ()
