"""Reading is total: any mixture of what people write gives a model, at once, and the same one twice."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flaresmith.compiler.parse import parse, to_json

PIECES = st.sampled_from(
    [
        "### User（用户）\n",
        "## 关系\n",
        "### Order (extends 001-a)\n",
        "### `a.b` — removed\n",
        "**字段**：`a`、`b`\n",
        "| Field | Type | 필수 |\n|---|---|---|\n",
        "| a / b | uuid PK | ✓ |\n",
        "| x | `'p' | 'q'` | - |\n",
        "| ~~old~~ | text |\n",
        "- a: { b: string; c?: { d: number } }\n",
        "  - nested: string\n",
        "    - deeper (int)\n",
        "- `a` / `b`: string | number\n",
        "users ( id UUID PK, name text )\n",
        "- a → b → c (go)\n",
        "Retention: 90 days\n",
        "#### Seed data\n",
        "| a | b |\n| 1 | 2 |\n",
        "```sql\nCREATE TABLE t (a int\n",
        "```\n",
        "~~~\n",
        "> - id (uuid)\n",
        "- CHECK (a > b)\n",
        "- a must be after b\n",
        "`X`: `a: int`, `b: text`\n",
        "Fields: ",
        "no schema changes\n",
        "- (a, b) unique where c > 0\n",
        "必填，",
        "(",
        "[",
        "{",
        "|",
        "`",
        "\n",
        "\t",
        "\u200b",
        "０１２",
        "İ",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=40))
def test_no_mixture_of_notations_raises(pieces):
    files = {
        "specs/001-a/data-model.md": "".join(pieces).encode(),
        "specs/002-b/data-model.md": "".join(reversed(pieces)).encode(),
    }
    start = time.process_time()
    model = parse(files, name="x")
    assert time.process_time() - start < 1
    to_json(model)
    assert model == parse(files, name="x")
    assert len({entity.name for entity in model.entities}) == len(model.entities)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=400),
    st.sampled_from(["### A\n- {}\n", "### A\n| Field | Type |\n|---|---|\n| a | {} |\n", "### {}\n- id: uuid\n"]),
)
def test_no_text_in_any_place_raises(text, place):
    parse({"specs/001-a/data-model.md": place.format(text).encode("utf-8", "replace")}, name="x")


@settings(max_examples=25, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=3))
def test_a_hundred_kilobytes_of_anything_take_less_than_a_second(pieces):
    piece = "".join(pieces)
    text = (piece * (100_000 // len(piece.encode()) + 1))[:100_000]
    start = time.process_time()
    parse({"specs/001-a/data-model.md": text.encode()}, name="x")
    assert time.process_time() - start < 1.5
