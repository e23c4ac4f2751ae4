"""Hostile input: nothing raises, nothing is slow, nothing unsafe gets a name."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flaresmith.compiler import naming
from flaresmith.compiler.parse import MAX_FILE_BYTES, parse, to_json

SAMPLES = [
    "*",
    "[",
    "|",
    "`",
    "(",
    "#",
    "-",
    "{",
    '"',
    "a|",
    "(a,",
    "`a`/",
    "a → ",
    "enum(",
    "1..",
    "- ",
    "[a](",
    "given when ",
    "FR-1 ",
    "<!--",
]


def timed(files):
    start = time.process_time()
    model = parse(files, name="x")
    return model, time.process_time() - start


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("file", ["data-model.md", "spec.md", "contracts/openapi.yaml"])
def test_one_line_of_two_mebibytes_is_read_at_once(sample, file):
    body = (sample * MAX_FILE_BYTES).encode()[: MAX_FILE_BYTES - 4]
    _, seconds = timed({f"001-a/{file}": body.decode(errors="ignore").encode()})
    assert seconds < 2


@pytest.mark.parametrize("sample", SAMPLES)
def test_many_long_lines_of_facts_are_read_in_linear_time(sample):
    line = (sample * 2000)[:1500]
    text = (
        f"### Book\n- id: uuid\n{''.join(f'- {line}' + chr(10) for _ in range(200))}\n| Field | Type |\n|---|---|\n"
        + f"| a | {line} |\n" * 100
    )
    _, seconds = timed({"001-a/data-model.md": text.encode(), "001-a/spec.md": text.encode()})
    assert seconds < 3


def test_a_file_of_50_megabytes_costs_nothing_and_is_named():
    model, seconds = timed({"001-a/data-model.md": b"- x: uuid\n" * 5_000_000, "001-a/spec.md": b"# A"})
    assert [(d.rule, d.severity.value) for d in model.errors] == [("file-too-large", "error")]
    assert seconds < 1


BOMBS = {
    "aliases": "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(12)),
    "depth": "".join(" " * i + "a:\n" for i in range(300)),
    "flow depth": "[ " * 1_000_000,
    "flow mappings": "{a: " * 400_000,
    "self": "a: &a\n  b: *a\n",
    "keys": "".join(f"k{i}: v\n" for i in range(200_000)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_yaml_bombs_are_refused(bomb):
    model, seconds = timed({"001-a/contracts/openapi.yaml": BOMBS[bomb].encode()})
    assert [d.rule for d in model.errors] == ["contract-unreadable"]
    assert seconds < 4


def test_deep_json_is_refused():
    model, _ = timed({"001-a/contracts/a.json": b"[" * 100_000 + b"]" * 100_000})
    assert [d.rule for d in model.errors] == ["contract-unreadable"]


HOSTILE = [
    "../../etc/passwd",
    'x"; drop table users; --',
    "{{7*7}}",
    "${HOME}",
    "$(id)",
    "a'b",
    "<script>",
    "a\x07b",
    "a\u202eb",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_everywhere(name):
    text = (
        f"### {name}\n- id: uuid\n- title: string\n\n### Book\n- id: uuid\n- `{name}/x`: string\n"
        f"| Field | Type |\n|---|---|\n| {name} | string |\n"
    )
    model = parse({"001-a/data-model.md": text.encode()}, name="x")
    assert "unsafe-name" in {d.rule for d in model.errors}
    assert [e.name for e in model.entities] == ["Book"]
    assert [f.name for f in model.entities[0].fields] == ["id"]


@pytest.mark.parametrize("value", ["${x}", "`rm -rf /`", "'; drop table users; --'", "'{{7*7}}'", "eval(x)", "'$(id)'"])
def test_defaults_that_are_no_literals_are_dropped(value):
    model = parse(
        {"001-a/data-model.md": f"### Book\n- id: uuid\n- title (string) REQUIRED default {value}\n".encode()}, name="x"
    )
    assert not model.entities[0].fields[1].has_default
    assert [d.rule for d in model.diagnostics] == ["unsafe-default"]


def test_reserved_and_foreign_names_pass():
    text = "### Order\n- id: uuid\n- select: string\n- class: string\n- 名前: string\n- größe: integer\n"
    model = parse({"001-a/data-model.md": text.encode()}, name="x")
    assert not model.errors
    assert [f.name for f in model.entities[0].fields] == ["id", "select", "class", "名前", "größe"]
    assert len({naming.snake(f.name) for f in model.entities[0].fields}) == 5
    assert {d.rule for d in model.diagnostics} == {"reserved-word"}


def test_fields_that_become_one_identifier_are_told_apart():
    model = parse({"001-a/data-model.md": b"### Book\n- id: uuid\n- user_name: string\n- userName: string\n"}, name="x")
    assert [f.name for f in model.entities[0].fields] == ["id", "user_name", "user_name_2"]
    assert [d.rule for d in model.diagnostics] == ["name-collision"]


def test_paths_that_lead_out_are_not_read():
    files = {
        "../001-a/spec.md": b"# A",
        "/001-a/spec.md": b"# A",
        "001-b\\..\\spec.md": b"# B",
        "001-c/../spec.md": b"#",
    }
    model = parse(files, name="x")
    assert not model.features
    assert [d.rule for d in model.errors] == ["no-specs", "unsafe-path", "unsafe-path", "unsafe-path", "unsafe-path"]


@pytest.mark.parametrize(
    "path", ["/#X-Amz-Target=Pricing.Describe", "/tags/{arn}#tagKeys", "/a b", "/x?y=1", "no-slash"]
)
def test_a_path_that_cannot_be_served_leaves_the_others(path):
    served = "  /books:\n    get: {operationId: list_books, responses: {'200': {description: ok}}}\n"
    text = f"openapi: 3.1.0\npaths:\n  '{path}':\n    get: {{operationId: odd}}\n{served}"
    model = parse({"001-a/contracts/openapi.yaml": text.encode()}, name="x")
    assert [endpoint.operation_id for endpoint in model.endpoints] == ["list_books"]
    assert not model.errors
    assert "unsafe-path" in {d.rule for d in model.diagnostics}


@pytest.mark.parametrize(
    "line", ["a" + " " * 50_000 + "b: c", "a: b" + " " * 50_000 + "c: d", "- " * 30_000 + "a: b: c"]
)
def test_yaml_is_repaired_in_linear_time(line):
    text = f"openapi: 3.1.0\npaths: {{}}\n{line}\nx: [\n"
    _, seconds = timed({"001-a/contracts/openapi.yaml": text.encode()})
    assert seconds < 1


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "### Book",
            "- id (uuid) PK",
            "| a | b |",
            "|---|---|",
            "```sql",
            "```",
            "CREATE TABLE a (",
            "x INT,",
            ")",
            "Indexes:",
            "- (a, b) unique",
            "a → b (c)",
            "- **FR-001**: x",
            "1. **Given** a **When** b **Then** c",
            "erDiagram",
            "interface A {",
            "  a?: b;",
            "}",
            "",
            "> x",
            "~~~",
            "---",
            "<!-- x",
            "-->",
            "- `a`: enum(a|b) default `c` → X.id ON DELETE SET NULL",
            "## Relationships",
            "- A 1:N B",
            "**Fields**:",
            "\\|",
        ]
    )
    | st.text(max_size=40),
    max_size=40,
).map("\n".join)
YAML = st.lists(
    st.sampled_from(
        [
            "openapi: 3.1.0",
            "paths:",
            "  /a/{b}:",
            "    get:",
            "      $ref: '#/paths'",
            "components:",
            "  schemas:",
            "    A: &a {}",
            "    B: *a",
            "- x",
            "<<: *a",
        ]
    )
    | st.text(max_size=20),
    max_size=20,
).map("\n".join)


@given(
    st.dictionaries(
        st.sampled_from(["001-a/spec.md", "001-a/data-model.md", "002-b/data-model.md"]),
        MARKDOWN.map(str.encode) | st.binary(max_size=200),
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_markdown_raises_and_the_same_text_gives_the_same_model(files):
    model = parse(files, name="x")
    assert model == parse(dict(reversed(files.items())), name="x")
    to_json(model)
    for diagnostic in model.diagnostics:
        assert diagnostic.source.line >= 1
        assert diagnostic.message.isprintable()


@given(st.sampled_from(["yaml", "json"]), YAML.map(str.encode) | st.binary(max_size=200))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_contract_raises(extension, body):
    to_json(parse({f"001-a/contracts/openapi.{extension}": body}, name="x"))


@pytest.mark.parametrize("line", ["- a | b", "> a | b", "* [ ] | b", "~a | b", "1. a | b", "<a> | b", "|", "a | b"])
@pytest.mark.parametrize("below", ["---|---", "|---|---|", "|-|", "---", "===", "| |", "|"])
def test_what_almost_is_a_table_or_a_heading_ends(model_of, line, below):
    model = model_of(f"### Tool\n- id: uuid\n- name: string\n\n{line}\n{below}\n{line}\n{below}\n")
    assert [field.name for field in model.entity("Tool").fields][:2] == ["id", "name"]
