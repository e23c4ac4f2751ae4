"""What one feature itself says of an entity: as resolved over all features, with what only the whole could not keep."""

from __future__ import annotations

from dataclasses import replace

from flaresmith.compiler.model import Entity, Field, Reference
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft


def as_written(entity: Entity, draft: EntityDraft) -> Entity:
    """The entity with every field of its description, and with references to what no feature defines.

    The merged model leaves out what gets no column (lists of other tables, computed fields) and foreign keys that lead
    nowhere; its author wrote them all the same. A feature's own description is not generated from.
    """
    kept = {field.source: field for field in entity.fields}
    written = {known.field.source for known in draft.fields}
    fields = [_field(kept.get(known.field.source), known) for known in draft.fields]
    implied = [field for field in entity.fields if field.source not in written]
    arrows = {(arrow.before, arrow.after) for arrow in entity.transitions}
    unsettled = [arrow for arrow in draft.transitions if (arrow.before, arrow.after) not in arrows]
    return replace(entity, fields=(*implied, *fields), transitions=(*entity.transitions, *unsettled))


def _field(resolved: Field | None, known: FieldDraft) -> Field:
    field = resolved if resolved is not None and resolved.name.startswith(known.field.name) else known.field
    reference = known.field.references
    if field.references is not None or reference is None or not known.certain:
        return field
    return replace(field, references=Reference(reference.entity, reference.field or "id", reference.on_delete))
