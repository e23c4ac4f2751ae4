"""Contracts with words nobody should trust: whatever they say, it stays text in what is generated."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from flaresmith.compiler.model import Endpoint, Entity, Field, Kind, Model, Parameter, Response, Source, Type

MARK = "INJECTED"
SOURCE = Source("001-x/contracts/openapi.yaml", 1)
_QUOTES = ["", '"', "'", '"""', "'''", "`", "*/", "-->", "</script>", "\\", "\n", "\r", "\u2028", "${", "#", "\x00"]
_MARKS = ["]]>", "\ud800", "\U0001f525", "<svg onload=", "|", "](javascript:x)", "\u202e", "{%", "{{", "}}"]
_ENDINGS = [*_QUOTES, *_MARKS]
_WORDS = """class import __proto__ constructor then self models größe 日本 1st a-b toString list None await body options
    request _ $ Call Model filter in delete"""
_NAMES = [*_WORDS.split(), "", " "]

hostile = st.builds(
    lambda before, after, tail: f"{before}{MARK}(){after}{tail}",
    st.sampled_from(_ENDINGS),
    st.sampled_from(_ENDINGS),
    st.text(max_size=8),
)
names = st.one_of(hostile, st.sampled_from(_NAMES))

_LOCATIONS = st.sampled_from(["query", "header", "cookie"])


@st.composite
def schemas(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    """Any JSON Schema."""
    kind = draw(st.sampled_from(["string", "enum", "ref", "object", "array", "union", "odd"]))
    if kind == "enum":
        return {"enum": draw(st.lists(st.one_of(hostile, st.integers(), st.none(), st.booleans()), max_size=3))}
    if kind == "ref":
        return {"$ref": f"#/components/schemas/{draw(names)}"}
    if kind == "odd":
        return draw(st.sampled_from([{}, {"type": None}, {"type": [1]}, {"allOf": [5]}, {"oneOf": "x"}, {"items": 1}]))
    if depth > 2 or kind == "string":
        return {"type": "string", "format": draw(names), "description": draw(hostile)}
    inner = draw(st.lists(schemas(depth + 1), min_size=1, max_size=2))
    if kind == "object":
        shown = {draw(names): one for one in inner}
        return {"type": "object", "properties": shown, "required": [*shown][:1], "description": draw(hostile)}
    return {"type": "array", "items": inner[0]} if kind == "array" else {"oneOf": inner}


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A model of hostile words, as if no reader had looked at them."""
    known = {draw(names): draw(schemas()) for _ in range(2)}
    parameters = [
        Parameter(
            draw(names), draw(st.sampled_from(["query", "header", "cookie"])), draw(st.booleans()), draw(schemas())
        )
        for _ in range(2)
    ]
    endpoints = tuple(
        Endpoint(
            draw(st.sampled_from(["GET", "POST", "DELETE"])),
            f"/x/{{{draw(st.sampled_from(['id', 'class', 'a-b']))}}}",
            draw(names),
            SOURCE,
            summary=draw(hostile),
            description=draw(hostile),
            tags=(draw(names),),
            parameters=tuple(parameters),
            request_schema=draw(st.one_of(st.none(), schemas())),
            request_media_type=draw(st.one_of(st.just("application/json"), hostile)),
            responses=(Response("200", draw(hostile), draw(schemas())),),
            requirements=(draw(hostile),),
        )
        for _ in range(2)
    )
    entity = Entity(
        draw(names), SOURCE, fields=(Field(draw(names), Type(Kind.STRING), SOURCE),), description=draw(hostile)
    )
    return Model(draw(names), entities=(entity,), endpoints=endpoints, schemas=known)
