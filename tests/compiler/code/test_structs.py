"""C++ and Solidity: structs become entities, enums become values, functions and mappings become nothing."""

from __future__ import annotations

import pytest

from flaresmith.compiler.model import Kind, Notation, Source
from flaresmith.compiler.parse.code import CodeFacts, read_code
from flaresmith.compiler.parse.findings import Findings

CPP = """\
/// One sample.
struct Sample : Base {
    static constexpr int kSize = 4;
    std::uint64_t at{0};          // nanoseconds
    double value = 0.5, error;
    char label[16];
    int32_t axes[3];
    std::optional<std::string> note;
    std::vector<Part> parts;
    const Owner* owner;
    Mode mode = Mode::Idle;
    double norm() const { return value; }
    void (*callback)(int);
};
enum class Mode : uint8_t { Idle = 0, Busy, };
"""
SOLIDITY = """\
pragma solidity ^0.8.0;
contract Vault {
    enum Phase { Open, Closed }
    struct Deposit {
        address payable owner;
        uint256 amount;
        uint32 count;
        bool paid;
        Phase phase;
        address[] voters;
        mapping(address => uint256) shares;
        bytes32 seed;
    }
    mapping(uint256 => Deposit) public deposits;
    event Paid(uint256 id);
    function pay(uint256 id) external {}
}
"""


def read(label: str, text: str) -> CodeFacts:
    facts = read_code(label, text, Source("x.md", 10), Findings())
    assert facts is not None
    return facts


def kinds(facts: CodeFacts, name: str) -> dict[str, Kind]:
    entity = next(entity for entity in facts.entities if entity.name == name)
    return {known.field.name: known.field.type.kind for known in entity.fields}


@pytest.mark.parametrize("label", ["cpp", "c++", "h", ""])
def test_the_data_members_of_a_struct(label: str) -> None:
    facts = read(label, CPP)
    assert facts.notation is Notation.CPP
    found = kinds(facts, "Sample")
    assert list(found) == ["at", "value", "error", "label", "axes", "note", "parts", "owner", "mode"]
    assert found["at"] is Kind.BIGINT
    assert found["label"] is Kind.STRING
    assert (found["axes"], found["parts"]) == (Kind.ARRAY, Kind.ARRAY)


def test_what_may_be_missing_and_where_it_stands() -> None:
    sample = read("cpp", CPP).entities[0]
    note = sample.find("note")
    assert note is not None
    assert note.presence is False
    assert note.field.source.line == 17


def test_the_values_of_enums() -> None:
    assert [entity.values for entity in read("cpp", CPP).entities if entity.values] == [("Idle", "Busy")]
    assert [entity.values for entity in read("solidity", SOLIDITY).entities if entity.values] == [("Open", "Closed")]


@pytest.mark.parametrize("label", ["solidity", "sol", ""])
def test_the_members_of_a_struct_on_a_chain(label: str) -> None:
    facts = read(label, SOLIDITY)
    assert facts.notation is Notation.SOLIDITY
    found = kinds(facts, "Deposit")
    assert list(found) == ["owner", "amount", "count", "paid", "phase", "voters", "shares", "seed"]
    assert (found["owner"], found["amount"], found["count"]) == (Kind.STRING, Kind.BIGINT, Kind.INTEGER)
    assert (found["voters"], found["shares"], found["seed"]) == (Kind.ARRAY, Kind.JSON, Kind.BINARY)


HALF = [
    "struct A {",
    "struct A { int",
    "struct { int x; };",
    "struct A;",
    "class A { A(); };",
    "enum A {",
    "struct A { x",
]


@pytest.mark.parametrize("text", HALF)
def test_half_written_structs_never_raise(text: str) -> None:
    read_code("cpp", text, Source("x.md", 1), Findings())
    read_code("solidity", text, Source("x.md", 1), Findings())
