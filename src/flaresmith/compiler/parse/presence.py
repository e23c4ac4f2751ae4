"""Whether a field may be null where its own line does not say so: read from the habits of the file around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft


def settle_presence(drafts: Iterable[EntityDraft]) -> None:
    """Sets `required` and `nullable` of every field.

    A keyed field is never null. Where nothing is said, a file that marks only what is required means the rest to be
    optional; one that marks what is optional (or nothing at all) means the rest to be required.
    """
    drafts = list(drafts)
    said = {
        known.presence for draft in drafts for known in draft.fields if not known.sql and not known.field.primary_key
    }
    unsaid = not (True in said and False not in said)
    for draft in drafts:
        for known in draft.fields:
            _settle(known, unsaid)


def _settle(known: FieldDraft, unsaid: bool) -> None:
    field = known.field
    if field.primary_key:
        required = True
    elif known.presence is not None:
        required = known.presence
    else:
        required = unsaid or field.has_default or field.name.lower() == "id"
    if field.has_default and field.default is None:
        required = False
    if (field.required, field.nullable) != (required, not required):
        known.field = replace(field, required=required, nullable=not required)
