"""Names in every case, in the singular and the plural, and always valid."""

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.compiler import naming


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("orgId", "org id"),
        ("order_items", "order items"),
        ("OAuthState", "oauth state"),
        ("MCPToolDescriptor", "mcp tool descriptor"),
        ("HTTPServer", "http server"),
        ("userIDs", "user ids"),
        ("sha256Hash", "sha256 hash"),
        ("Order Line-Item", "order line item"),
        ("Café Crème", "cafe creme"),
        ("größe", "grosse"),
        ("用户", "u7528 u6237"),
    ],
)
def test_words(name, words):
    assert naming.words(name) == tuple(words.split())


def test_cases():
    assert [case("OrderItem") for case in (naming.snake, naming.kebab, naming.camel, naming.pascal)] == [
        "order_item",
        "order-item",
        "orderItem",
        "OrderItem",
    ]


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("book", "books"), ("category", "categories"), ("day", "days"), ("status", "statuses"),
        ("address", "addresses"), ("box", "boxes"), ("analysis", "analyses"), ("person", "people"),
        ("child", "children"), ("order_item", "order_items"), ("house", "houses"), ("database", "databases"),
        ("response", "responses"), ("news", "news"), ("series", "series"), ("media", "media"),
        ("movie", "movies"), ("cache", "caches"), ("batch", "batches"), ("invoice", "invoices"),
        ("leaf", "leaves"), ("history", "histories"), ("key", "keys"), ("menu", "menus"),
        ("emoji", "emojis"), ("virus", "viruses"), ("axis", "axes"), ("taxi", "taxis"),
    ],
)  # fmt: skip
def test_plurals_and_back(singular, plural):
    assert naming.plural(singular) == naming.plural(plural) == plural
    assert naming.singular(plural) == naming.singular(singular) == singular
    assert naming.key(singular) == naming.key(plural)


@given(st.text())
def test_every_text_gives_valid_identifiers(name):
    for made in (
        naming.snake(name),
        naming.camel(name),
        naming.pascal(name),
        naming.plural(name),
        naming.identifier(name, naming.PYTHON_RESERVED),
    ):
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", made)
        assert len(made) <= 63
    assert re.fullmatch(r"[a-z_][a-z0-9-]*", naming.kebab(name))
    assert not keyword.iskeyword(naming.identifier(name, naming.PYTHON_RESERVED))


@given(st.from_regex(r"([a-z]{3,9}_)?[a-z]{2,8}[bcdegklmnprtuwxy]", fullmatch=True))
def test_plurals_are_stable(name):
    assert naming.plural(naming.plural(name)) == naming.plural(name)


@given(st.lists(st.sampled_from(["a", "b", "a_2", "a_2_2"]), max_size=8))
def test_distinct_names_differ_and_the_first_keeps_its_own(names):
    made = naming.distinct(names)
    assert len(set(made)) == len(names)
    assert not names or made[0] == names[0]


def test_long_names_keep_apart():
    one, two = naming.snake("x" * 90 + "a"), naming.snake("x" * 90 + "b")
    assert len(one) == len(two) == 63
    assert one != two


@pytest.mark.parametrize("name", ["order", "Order Item", "größe", "名前", "A & B"[0]])
def test_ordinary_names_are_safe(name):
    assert naming.unsafe_reason(name) == ""


@pytest.mark.parametrize(
    "name",
    ["", "../x", "a/b", "a\\b", "a'b", 'a"b', "a`b", "a;b", "a--b", "{{x}}", "${x}", "a\nb", "<a>", "x" * 201, "—"],
)
def test_unsafe_names_have_a_reason(name):
    assert naming.unsafe_reason(name)
