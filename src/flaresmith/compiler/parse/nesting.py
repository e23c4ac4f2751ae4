"""What stands nested below a field: the values of an enum, or the fields of the object that it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flaresmith.compiler.model import Field, Kind, Type
from flaresmith.compiler.parse import bullets
from flaresmith.compiler.parse.drafts import field_draft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.markdown import Bullet
from flaresmith.compiler.parse.outline import typed_bullet
from flaresmith.compiler.parse.shapes import object_type


def inner_fields(children: Sequence[Bullet], file: str) -> list[tuple[Bullet, Field, bool]]:
    """The nested items that are fields, where one of them at least has a known type; each with whether it must be."""
    if not any(typed_bullet(child) for child in children):
        return []
    found = []
    for child in children:
        read = bullets.read_bullet(child, file)
        made = field_draft(read.written, Findings()) if read and (read.sure or typed_bullet(child)) else None
        if made is not None:
            inside = inner_fields(child.children, file)
            typed = holding(made.field.type, inside) if inside else made.field.type
            found.append((child, replace(made.field, type=typed), made.presence is not False))
    return found


def holding(typed: Type, inside: Sequence[tuple[Bullet, Field, bool]]) -> Type:
    """The type of a field with these fields nested below it: an object, or a list of them."""
    shape = object_type(((field, needed) for _, field, needed in inside), typed.raw)
    if typed.kind is Kind.ARRAY:
        return replace(typed, items=shape)
    return shape if typed.kind in (Kind.JSON, Kind.ENUM, Kind.STRING, Kind.TEXT) else typed
