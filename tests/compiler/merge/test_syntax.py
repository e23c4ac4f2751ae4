"""What a person and the generator changed apart survives both, language by language."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from flaresmith.compiler.merge import Choice, Merged, Take, merge


def of(path: str, base: str, ours: str, theirs: str) -> Merged:
    return merge(path, base.encode(), ours.encode(), theirs.encode())


def clean(path: str, base: str, ours: str, theirs: str) -> str:
    merged = of(path, base, ours, theirs)
    assert merged.hunks == ()
    return merged.data.decode()


CLASS = '''"""A table."""

import datetime
import uuid

from orm import Mapped, column


class Tool(Base):
    """One row."""

    __table_args__ = (
        Check("a > 0", name="a"),
        Index("b"),
    )

    id: Mapped[uuid.UUID] = column(Uuid(), key=True)
    name: Mapped[str] = column(String(80))

    def label(self) -> str:
        first = self.name
        return first


def helper():
    return 1
'''


def test_a_method_a_body_imports_and_a_field_survive_a_new_generated_field() -> None:
    ours = (
        CLASS.replace("import datetime\nimport uuid\n", "import uuid\nimport datetime\nimport zlib\n")
        .replace("Mapped, column", "Mapped, column, relationship")
        .replace("        first = self.name\n", "        first = self.name.strip()\n")
        .replace("\n\ndef helper", "\n    def mine(self) -> int:\n        return 2\n\n\ndef helper")
    )
    theirs = (
        CLASS.replace("import datetime\n", "import datetime\nimport decimal\n")
        .replace("Mapped, column", "Mapped, column, deferred")
        .replace("String(80))\n", "String(90))\n    price: Mapped[int] = column(Integer())\n")
        .replace('        Index("b"),\n', '        Index("b"),\n        Check("c > 0", name="c"),\n')
    )
    text = clean("a.py", CLASS, ours, theirs)
    assert "import uuid\nimport datetime\nimport zlib\nimport decimal\n" in text
    assert "from orm import Mapped, column, deferred, relationship\n" in text
    for words in ("String(90)", "price:", "def mine", ".strip()", 'Check("c > 0", name="c"),\n    )'):
        assert text.count(words) == 1
    assert text.index("price:") < text.index("def label") < text.index("def mine") < text.index("def helper")


def test_a_moved_and_decorated_function_takes_the_new_body_along() -> None:
    base = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
    ours = "def g():\n    return 2\n\n\n@cached\ndef f():\n    return 1\n"
    theirs = base.replace("return 1", "return 3") + "\n\ndef h():\n    return 4\n"
    text = clean("a.py", base, ours, theirs)
    assert text.index("def g") < text.index("@cached\ndef f():\n    return 3\n")
    assert "def h" in text


def test_arguments_of_one_call_on_one_line_are_merged_by_name() -> None:
    base, ours = "x = Field(min_length=1, max_length=5)\n", 'x = Field(min_length=1, max_length=5, title="T")\n'
    assert clean("a.py", base, ours, base.replace("5", "9")) == 'x = Field(min_length=1, max_length=9, title="T")\n'


def test_reformatting_by_hand_does_not_stand_in_the_way() -> None:
    base = "x = call(a=1, b='two')\n"
    ours = 'x = call(\n    a=1,\n    b="two",\n)\n'
    assert clean("a.py", base, ours, base) == ours
    assert "3" in clean("a.py", base, ours, base.replace("1", "3"))


def test_a_comment_counts_as_content() -> None:
    base = "x = [\n    1,\n    2,\n]\n"
    ours = base.replace("1,\n", "1,  # mine\n")
    assert clean("a.py", base, ours, base.replace("2,", "2,\n    3,")) == "x = [\n    1,  # mine\n    2,\n    3,\n]\n"


def test_two_statements_added_in_one_place_of_a_body_are_for_a_person_to_order() -> None:
    base = "def f():\n    a = 1\n    return a\n"
    ours, theirs = (base.replace("    return", f"    {name}(a)\n    return") for name in ("mine", "theirs"))
    (hunk,) = of("a.py", base, ours, theirs).hunks
    assert (hunk.where, hunk.line, hunk.base) == ("def f", 3, "")
    assert (hunk.ours, hunk.theirs) == ("    mine(a)\n", "    theirs(a)\n")


def test_a_unit_deleted_on_one_side_and_changed_on_the_other_is_a_conflict() -> None:
    base = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
    gone, changed = "def g():\n    return 2\n", base.replace("1", "3")
    for ours, theirs in ((gone, changed), (changed, gone)):
        merged = of("a.py", base, ours, theirs)
        assert merged.data.decode() == ours
        assert [hunk.where for hunk in merged.hunks] == ["def f"]
    assert clean("a.py", base, gone, base) == gone


@pytest.mark.parametrize("take", [Take.OURS, Take.THEIRS, Take.EDIT])
def test_each_hunk_is_decided_alone(take: Take) -> None:
    base, ours, theirs = ("a = {}\n\n\nb = {}\n".format(*each) for each in ((1, 2), (10, 20), (100, 200)))
    choices = {1: Choice("a.py", Take.THEIRS, 1)}
    half = merge("a.py", base.encode(), ours.encode(), theirs.encode(), choices)
    assert (half.clean, [hunk.choice is None for hunk in half.hunks]) == (False, [False, True])
    choices[2] = Choice("a.py", take, 2, "b = 7" if take is Take.EDIT else None)
    whole = merge("a.py", base.encode(), ours.encode(), theirs.encode(), choices)
    result = {Take.OURS: 20, Take.THEIRS: 200, Take.EDIT: 7}[take]
    assert (whole.clean, whole.data.decode()) == (True, f"a = 100\n\n\nb = {result}\n")


def test_a_result_that_would_not_parse_is_decided_as_a_whole() -> None:
    base = "a = 1\n"
    choice = {1: Choice("a.py", Take.EDIT, 1, "(((")}
    merged = merge("a.py", base.encode(), b"a = 2\n", b"a = 3\n", choice)
    assert (merged.how, merged.hunks[0].where) == ("whole", "the whole file")
    assert "parse" in merged.problem


TYPESCRIPT = """import { z } from "zod";

export const tool = z.object({
  id: z.string(),
  name: z.string(),
});

export interface Tool {
  id: string;
}

export class Store {
  get(id: string): Tool {
    return this.rows[id];
  }
}
"""


def test_typescript_keeps_members_properties_and_imports_of_both() -> None:
    ours = (
        TYPESCRIPT.replace("{ z }", "{ z, type ZodError }")
        .replace("  name: z.string(),\n", "  name: z.string().min(1), // mine\n  extra: z.number(),\n")
        .replace("    return this", "    this.log(id);\n    return this")
    )
    theirs = (
        TYPESCRIPT.replace("{ z }", "{ z, ZodType }")
        .replace("  id: z.string(),\n", "  id: z.uuid(),\n")
        .replace("  id: string;\n", "  id: string;\n  size: number;\n")
        .replace("    return this.rows[id];\n  }\n", "    return this.rows[id];\n  }\n\n  drop(): void {}\n")
    )
    text = clean("a.ts", TYPESCRIPT, ours, theirs)
    for words in (
        "{ z, ZodType, type ZodError }",
        ".min(1), // mine",
        "extra:",
        "z.uuid()",
        "size:",
        "log(id)",
        "drop",
    ):
        assert text.count(words) == 1


def test_json_is_merged_by_key_path_and_keeps_its_format() -> None:
    base = '{\n  "a": {"x": 1},\n  "list": [\n    {"name": "p", "v": 1},\n    {"name": "q", "v": 1}\n  ]\n}\n'
    ours = base.replace('{"x": 1}', '{"x": 1, "mine": true}').replace('"q", "v": 1', '"q", "v": 2')
    theirs = base.replace('"p", "v": 1', '"p", "v": 3').replace('{"x": 1},', '{"x": 5},\n  "new": null,')
    text = clean("a.json", base, ours, theirs)
    assert json.loads(text) == {
        "a": {"x": 5, "mine": True},
        "new": None,
        "list": [{"name": "p", "v": 3}, {"name": "q", "v": 2}],
    }
    assert '\n  "list": [\n    {"name": "p"' in text


def test_toml_yaml_and_markdown_are_merged_by_table_key_and_section() -> None:
    toml = '[project]\nname = "x"\ndependencies = [\n  "a",\n]\n'
    text = clean(
        "a.toml", toml, toml.replace('"a",\n', '"a",\n  "mine",\n'), toml.replace('"a",\n', '"a",\n  "new",\n')
    )
    assert text == '[project]\nname = "x"\ndependencies = [\n  "a",\n  "new",\n  "mine",\n]\n'
    yaml = "a:\n  b: 1\n  c: 2\n"
    assert (
        clean("a.yaml", yaml, yaml + "  # why\n  d: 3\n", yaml.replace("1", "9"))
        == "a:\n  b: 9\n  c: 2\n  # why\n  d: 3\n"
    )
    prose = "# T\n\nText.\n\n## A\n\n- x\n\n## B\n\nb\n"
    ours = prose.replace("- x\n", "- x\n- mine\n").replace("## B", "## Mine\n\nm\n\n## B")
    text = clean("a.md", prose, ours, prose.replace("Text.", "New text.").replace("- x\n", "- x\n- new\n"))
    assert text == "# T\n\nNew text.\n\n## A\n\n- x\n- new\n- mine\n\n## Mine\n\nm\n\n## B\n\nb\n"


@pytest.mark.parametrize(
    ("path", "spoil"),
    [
        ("a.py", lambda text: text + b"def (:\n"),
        ("a.py", lambda text: text + b"\xff\xfe"),
        ("a.json", lambda text: b'{"a": ' + text),
        ("a.txt", lambda text: text + b"\0" * 10),
        ("a.yaml", lambda text: b"\t- : [" + text),
        ("a.py", lambda text: b"(" * 5000 + text),
    ],
)
def test_what_cannot_be_read_is_merged_by_lines_or_decided_and_loses_nothing(
    path: str, spoil: Callable[[bytes], bytes]
) -> None:
    base, ours, theirs = b"one\ntwo\nthree\n", spoil(b"one\ntwo\nthree\nmine\n"), b"new\ntwo\nthree\n"
    merged = merge(path, base, ours, theirs)
    if merged.hunks:
        assert merged.data == ours
    else:
        assert b"mine" in merged.data
        assert b"new" in merged.data


def test_line_ends_and_the_mark_of_our_side_are_kept() -> None:
    base, theirs = b"a = 1\nb = 2\n", b"a = 1\nb = 3\n"
    ours = b"\xef\xbb\xbfa = 5\r\nb = 2\r\n"
    assert merge("a.py", base, ours, theirs).data == b"\xef\xbb\xbfa = 5\r\nb = 3\r\n"
    assert merge("a.py", b"a = 1\nb = 2", b"a = 1\nb = 2\nc = 3", b"a = 4\nb = 2").data == b"a = 4\nb = 2\nc = 3"


def test_without_its_base_a_file_is_decided_as_a_whole() -> None:
    merged = merge("a.py", None, b"a = 1\n", b"a = 2\n")
    assert (merged.clean, merged.how, merged.data) == (False, "whole", b"a = 1\n")
    chosen = merge("a.py", None, b"a = 1\n", b"a = 2\n", {None: Choice("a.py", Take.THEIRS)})
    assert (chosen.clean, chosen.data) == (True, b"a = 2\n")
