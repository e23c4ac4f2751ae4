"""`flaresmith.lock` reads back what it wrote, and says where it is damaged."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.compiler.lock import OPERATIONS, Lock, LockedFile, LockUnreadable
from flaresmith.compiler.model import Migration, SchemaOperation

WORDS = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
FILES = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,3}", fullmatch=True),
    st.builds(
        LockedFile,
        st.from_regex("[0-9a-f]{64}", fullmatch=True),
        WORDS,
        st.lists(WORDS, max_size=2).map(tuple),
        st.booleans(),
    ),
    max_size=4,
)
STEPS = st.builds(
    SchemaOperation,
    st.sampled_from(sorted(OPERATIONS)),
    WORDS,
    st.dictionaries(WORDS, JSON, max_size=3),
    WORDS,
    st.booleans(),
    WORDS,
)


def line(steps: list[list[SchemaOperation]]) -> tuple[Migration, ...]:
    """Migrations that follow one another."""
    parents = ["", *(f"{n:012x}" for n in range(len(steps)))]
    return tuple(
        Migration(f"{n:012x}", parent, "slug", tuple(operations))
        for n, (parent, operations) in enumerate(zip(parents, steps, strict=False))
    )


LOCKS = st.builds(
    Lock,
    spec_hash=WORDS,
    constitution_version=WORDS,
    files=FILES,
    tables=JSON,
    migrations=st.lists(st.lists(STEPS, max_size=2), max_size=3).map(line),
)


@given(LOCKS)
def test_a_lock_reads_back_as_it_was(lock: Lock) -> None:
    written = lock.write()
    assert Lock.read(written) == lock
    assert Lock.read(written).write() == written


def test_the_file_is_sorted_and_readable() -> None:
    file = LockedFile("0" * 64, "zod", ("FR-001",))
    text = Lock(files={"b": file, "a": file}).write().decode()
    assert text.index('"a"') < text.index('"b"')
    assert text.startswith('{\n  "format": 2,\n')
    assert text.endswith("}\n")


def document(**changes: Any) -> bytes:
    """A lock's JSON with some keys replaced."""
    return json.dumps({**json.loads(Lock().write()), **changes}).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"<<<<<<< HEAD\n{}\n", "merge conflict"),
        (b"[]", "not a JSON object"),
        (b"{}", "format None"),
        (b"[" * 100_000, "not JSON"),
        (document(format=99), "format 99"),
        (document(files=[]), "files is not an object"),
        (document(files={"a": 3}), "is not an object"),
        (document(files={"a": {"sha256": "x"}}), "not a checksum"),
        (document(files={"../a": {"sha256": "0" * 64}}), "`..`"),
        (document(files={".git/config": {"sha256": "0" * 64}}), "reaches into `.git`"),
        (document(specHash=3), "specHash is not text"),
        (document(migrations=[3]), "not an object"),
        (document(migrations=[{"revision": "../x"}]), "not a database revision"),
        (document(migrations=[{"revision": "00000000000a", "parent": "00000000000b"}]), "does not follow"),
        (document(migrations=[{"revision": "00000000000a", "operations": [{"op": "run_sql"}]}]), "unknown step"),
    ],
)
def test_damage_is_named(data: bytes, says: str) -> None:
    with pytest.raises(LockUnreadable, match=says.replace(".", r"\.")):
        Lock.read(data)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_either_a_lock_or_unreadable(data: bytes) -> None:
    with contextlib.suppress(LockUnreadable):
        assert Lock.read(data).write()
