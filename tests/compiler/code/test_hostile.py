"""Whatever stands in a fence: no reader raises, hangs, or takes a hostile name."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.compiler.code import test_families, test_python, test_schemas, test_sketches, test_sql, test_typescript

from flaresmith.compiler.model import Source
from flaresmith.compiler.parse.code import declares, is_read, read_code
from flaresmith.compiler.parse.findings import Findings

SNIPPETS = {
    "typescript": test_typescript.INTERFACES + test_typescript.ZOD + test_typescript.DRIZZLE,
    "python": test_python.MODELS + test_python.ALCHEMY + test_python.DJANGO,
    "prisma": test_schemas.PRISMA,
    "graphql": test_schemas.GRAPHQL,
    "proto": test_schemas.PROTO,
    "java": test_families.JAVA,
    "csharp": test_families.CSHARP,
    "go": test_families.GO,
    "dart": test_families.DART,
    "rust": "pub struct User { pub id: Uuid, name: Option<String> }\npub enum Kind { A, B }\n",
    "sql": test_sql.POSTGRES + test_sql.ALTERED,
    "": test_sketches.BOXES,
    "text": "User {\n  id: uuid (PK)\n  name: string\n}\n",
    "json": '{"id": "x", "n": 3, "inner": {"a": [1]}}',
    "yaml": "id: x\ntitle: y\nn: 3\n",
}
PIECES = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "'",
    '"',
    "`",
    ",",
    ";",
    ":",
    "\n",
    "\x00",
    "…",
    "/*",
    "*/",
    "--",
    "//",
]
PIECES += [
    "=",
    "=>",
    "@",
    "\\",
    "😀",
    "é",
    "|",
    "class ",
    "enum ",
    "|" * 50,
    "(" * 50,
    "'''",
    '"""',
    "CREATE TABLE ",
    "│",
    "┌",
]


def _read(language: str, text: str) -> None:
    read_code(language, text, Source("x.md", 1), Findings())


@pytest.mark.parametrize("language", SNIPPETS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_mutation_of_valid_code_raises(language, data):
    text = SNIPPETS[language]
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, max(0, len(text) - 1)))
        length = data.draw(st.integers(0, 40))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[start + length :]
    _read(language, text)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(SNIPPETS)), st.text(max_size=300))
def test_no_text_raises(language, text):
    _read(language, text)
    assert declares(language, text) in (True, False)
    assert is_read(language, text) in (True, False)


BOMBS = {
    "blank lines": "a" + "\n" * 60_000 + "b",
    "lines of spaces": "a\n" + "   \t \n" * 10_000 + "b",
    "spaces": "a" + " " * 60_000 + "b",
    "open braces": "{" * 50_000,
    "open parentheses": "class A { a(" * 8_000,
    "angles": "class A { List<" + "List<" * 20_000,
    "quotes": "\\'" * 40_000,
    "double quotes": 'a "b' * 20_000,
    "backticks": "`a\n" * 30_000,
    "one line": "interface A { " + "a: string; " * 9_000 + "}",
    "long name": f"class {'A' * 100_000} {{ }}",
    "slashes": "(/[" * 30_000,
    "comments": "/* " * 30_000,
    "commas": "," * 90_000,
    "columns": "CREATE TABLE t (" + "a INT, " * 12_000,
    "unions": "type A = " + "'a' | " * 15_000,
    "nested types": "interface A { x: " + "Array<" * 90 + "string" + ">" * 90 + "; y: string }",
    "nuls": "\x00" * 80_000,
    "classes": "class A:\n    x: int\n" * 2_000,
    "models": "model A {\n  id Int @id\n}\n" * 1_500,
    "messages": "message A { string id = 1; }\n" * 1_500,
    "boxes": "┌────┐\n" * 10_000,
    "wide boxes": "┌──┐" * 20_000,
    "wide walls": ("┌──┐" * 90 + "\n" + "│  │" * 90 + "\n") * 130,
    "spaces in a class": "class A {" + " " * 90_000,
    "at signs": "@a(" * 30_000,
    "lines with types": "a: string\n" * 9_000,
    "dots": "a." * 45_000,
    "equals": "const a = " * 9_000,
    "checks": "CREATE TABLE t (a INT CHECK (" + "a > 1 AND " * 9_000,
    "rows": "INSERT INTO t (a) VALUES " + "(1)," * 20_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_hundred_kilobytes_take_less_than_a_second(bomb):
    text = BOMBS[bomb][:100_000]
    slow = {}
    for language in ("", "typescript", "python", "csharp", "dart", "prisma", "sql", "yaml"):
        once = _timed(language, text)
        best = min(once, _timed(language, text)) if once > 1 else once
        if best > 1:
            slow[language] = round(best, 2)
    assert slow == {}


def _timed(language: str, text: str) -> float:
    begin = time.process_time()
    _read(language, text)
    return time.process_time() - begin


def test_code_nested_too_deeply_is_said():
    findings = Findings()
    read_code("dart", "{" * 500, Source("x.md", 4), findings)
    assert [(d.rule, d.source.line) for d in findings.in_order()] == [("code-not-read", 4)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ts", 'interface A { id: string; "../../etc/passwd": string }'),
        ("prisma", "model A {\n  id Int @id\n}\n"),
        ("sql", 'CREATE TABLE "a; DROP TABLE b" (id INT);'),
        ("python", "class A(BaseModel):\n    id: int = Field(default='${x}')\n"),
    ],
)
def test_hostile_names_and_defaults_are_left_out(language, text):
    facts = read_code(language, text, Source("x.md", 1), Findings())
    for entity in facts.entities if facts else ():
        assert ";" not in entity.name
        for known in entity.fields:
            assert "/" not in known.field.name
            assert not (isinstance(known.field.default, str) and "${" in known.field.default)
