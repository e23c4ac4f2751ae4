"""Declarations of any language become drafts of entities: what is inherited, named, keyed and referred to is settled.

Only what one block of code can know is settled here. Names of other blocks stay targets, and are resolved when the
features are merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import (
    Cardinality,
    EntityKind,
    Field,
    Index,
    Kind,
    Limits,
    Reference,
    Relationship,
    Source,
    Type,
)
from flaresmith.compiler.parse.code.declared import NO_LIMITS, Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.values import listed_values
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, guessed_kind
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.limits import settled
from flaresmith.compiler.parse.traits import Traits, read_traits, refined
from flaresmith.compiler.parse.types import enum_of

_DTO = re.compile(
    r"[a-z\d_](?:Dto|DTO|Request|Response|Props|Payload|Params|ViewModel|Args|Body)$"
    r"|^(?:I?Create|Update|Patch|New)[A-Z]\w*(?:Input|Data)?$"
)
_BASE = re.compile(r"(?:Mixin|Base)$|^(?:Base|Abstract)[A-Z]")
_CREATED = re.compile(r"^(?:created|inserted|registered)_?(?:at|on|date|time)?$")
_UPDATED = re.compile(
    r"^(?:(?:last_)?(?:updated|modified|changed)_?(?:at|on|date|time)?|last_(?:update|modification|change))$"
)
_MOST_BASES = 20


def drafted(declared: Sequence[Declared], findings: Findings) -> list[EntityDraft]:
    """The entities of a block in order; a declaration without fields and values is none."""
    return _Drafting(declared, findings).drafts()


class _Drafting:
    def __init__(self, declared: Sequence[Declared], findings: Findings) -> None:
        self._declared = declared
        self._findings = findings
        self._by_name = {one.name: one for one in reversed(declared)}
        self._tables = {one.table: one.name for one in declared if one.table}

    def drafts(self) -> list[EntityDraft]:
        return [draft for one in self._declared if not one.abstract and (draft := self._draft(one)) is not None]

    def _draft(self, one: Declared) -> EntityDraft | None:
        fields = [*self._inherited(one), *one.fields]
        if not (fields or one.values or one.indexes or one.rules or one.relationships):
            return None
        if one.name and (reason := naming.unsafe_reason(one.name)):
            self._refused("type", one.name, one.source, reason)
            return None
        draft = EntityDraft(one.name, one.source, self._kind(one, fields), one.notation, one.delta)
        draft.raw, draft.values, draft.description = one.raw, one.values, excerpt(one.description)
        draft.indexes, draft.rules = list(one.indexes), list(one.rules)
        draft.relationships = [replace(link, target=self._named(link.target)) for link in one.relationships]
        self._fill(draft, _distinct(fields), one)
        return draft

    def _inherited(self, one: Declared) -> list[DeclaredField]:
        """The fields of the bases that stand in the same block, farthest first."""
        found: list[DeclaredField] = []
        waiting, seen = [*one.bases], {one.name}
        while waiting and len(seen) < _MOST_BASES:
            base = self._by_name.get(waiting.pop(0))
            if base is not None and base.name not in seen:
                seen.add(base.name)
                found = [*base.fields, *found]
                waiting += base.bases
        own = {known.name for known in one.fields}
        return [known for known in found if known.name not in own]

    def _kind(self, one: Declared, fields: Sequence[DeclaredField]) -> EntityKind | None:
        if one.values and not fields:
            return EntityKind.ENUM
        if one.kind is None and (_DTO.search(one.name) or (_BASE.search(one.name) and self._is_base(one))):
            return EntityKind.DTO
        return one.kind

    def _is_base(self, one: Declared) -> bool:
        return any(one.name in other.bases for other in self._declared)

    def _fill(self, draft: EntityDraft, fields: Sequence[DeclaredField], one: Declared) -> None:
        owners = self._owners(fields)
        for known in fields:
            if known.relation is not None or known.name in owners:
                self._relate(draft, known, owners.get(known.name, ()))
            elif (made := self._field(known, one)) is not None:
                draft.add(made)
        for navigation, columns in owners.items():
            self._point(draft, navigation, columns, fields)

    def _owners(self, fields: Sequence[DeclaredField]) -> dict[str, tuple[str, ...]]:
        """`author: User` beside `authorId`: it leads to an entity, and the other one is its foreign key."""
        names = {naming.snake(known.name): known.name for known in fields}
        found: dict[str, tuple[str, ...]] = {}
        for known in fields:
            typed = known.typed
            if typed is None or not typed.target or typed.many or known.relation is not None:
                continue
            column = names.get(f"{naming.snake(known.name)}_id")
            target = self._by_name.get(typed.target)
            if column and not (target and target.values):
                found[known.name] = (column,)
        return found

    def _relate(self, draft: EntityDraft, known: DeclaredField, columns: tuple[str, ...]) -> None:
        target = self._named(known.typed.target if known.typed else "")
        if not target:
            return
        cardinality = known.relation or Cardinality.MANY_TO_ONE
        by = (known.by or columns)[:1]
        draft.relationships.append(
            Relationship(known.name, target, cardinality, known.source, field=by[0] if by else "")
        )

    def _point(
        self, draft: EntityDraft, navigation: str, columns: tuple[str, ...], fields: Sequence[DeclaredField]
    ) -> None:
        known, typed = draft.find(columns[0]), next(one.typed for one in fields if one.name == navigation)
        if known is not None and known.field.references is None and typed is not None:
            known.field = replace(known.field, references=Reference(self._named(typed.target), ""))

    def _field(self, known: DeclaredField, one: Declared) -> FieldDraft | None:
        if reason := naming.unsafe_reason(known.name):
            self._refused("field", known.name, known.source, reason)
            return None
        said = read_traits(known.description, loose=True)
        _listen(known, said)
        typed = self._typed(known)
        if typed.type.kind in (Kind.STRING, Kind.TEXT) and (values := listed_values(known.description, known.default)):
            typed = replace(typed, type=enum_of(values, typed.type.raw))
        limits, type_ = settled(_both(known.limits, typed.limits), refined(typed.type, said))
        reference = known.references
        made = Field(
            name=known.name,
            type=type_,
            source=known.source,
            primary_key=known.primary_key or known.name in one.key,
            unique=known.unique and not known.primary_key,
            indexed=known.indexed,
            references=replace(reference, entity=self._named(reference.entity)) if reference else None,
            default=self._default(known, typed),
            has_default=known.has_default,
            updates_on_write=known.updates_on_write,
            limits=limits,
            description=excerpt(known.description) if known.description else "",
            raw=known.raw,
            confidence=min(known.confidence, 1.0 if known.typed and not typed.target else 0.6),
            notation=one.notation,
        )
        required = False if typed.nullable and not made.primary_key else known.required
        draft = FieldDraft(_customary(made, typed), required, typed.target, typed.many)
        draft.sql = True
        return draft

    def _typed(self, known: DeclaredField) -> Typed:
        if known.typed is None:
            return Typed(Type(guessed_kind(known.name)))
        target = self._by_name.get(known.typed.target)
        if known.references is not None and known.typed.target:
            return Typed(Type(guessed_kind(f"{known.name}_id"), raw=known.typed.type.raw), known.typed.nullable)
        if target is None or not target.values or target.fields:
            return known.typed
        values = enum_of(target.values, known.typed.type.raw)
        made = replace(known.typed.type, items=values) if known.typed.many else values
        return replace(known.typed, type=made, target="")

    def _default(self, known: DeclaredField, typed: Typed) -> object:
        """A default that names a member of an enum is the value of that member."""
        default = known.default
        target = self._by_name.get(known.typed.target) if known.typed else None
        if known.typed and known.typed.type.kind in (Kind.JSON, Kind.ARRAY) and default in ("{}", "[]"):
            return {} if default == "{}" else []
        if target is None or not isinstance(default, str):
            return default
        return target.members.get(default, default)

    def _named(self, name: str) -> str:
        """The type of a table's name, where one of this block has that table."""
        return self._tables.get(name, name)

    def _refused(self, what: str, name: str, source: Source, reason: str) -> None:
        self._findings.error(
            "unsafe-name",
            f"the {what} name {excerpt(name)!r} is refused: {reason}",
            source,
            "use letters, digits and underscores",
        )


def _distinct(fields: Iterable[DeclaredField]) -> list[DeclaredField]:
    return list({known.name: known for known in reversed(list(fields))}.values())[::-1]


def _listen(known: DeclaredField, said: Traits) -> None:
    """What a comment says in the words of a spec (`// FK → User.id`, `// unique`) and the code does not."""
    known.primary_key = known.primary_key or said.primary_key
    known.unique = known.unique or said.unique
    if known.references is None and said.reference_certain and said.reference is not None:
        known.references = said.reference
    if not known.has_default and said.has_default:
        known.default, known.has_default = said.default, True
    if known.limits == NO_LIMITS:
        known.limits = said.limits


def _both(said: Limits, typed: Limits) -> Limits:
    return typed if said == NO_LIMITS else said


def _customary(made: Field, typed: Typed) -> Field:
    """What custom says of a column: serial numbers count up, `createdAt` is now, `updatedAt` follows each write."""
    name, kind = naming.snake(made.name), made.type.kind
    if kind in (Kind.DATETIME, Kind.DATE) and _UPDATED.match(name):
        made = replace(made, updates_on_write=True)
    if made.has_default:
        return made
    if typed.generated:
        return replace(made, default={"generated": "increment"}, has_default=True)
    if kind is Kind.DATETIME and not typed.nullable and (_UPDATED.match(name) or _CREATED.match(name)):
        return replace(made, default={"generated": "now"}, has_default=True)
    return made


def merged_indexes(fields: Mapping[str, DeclaredField], indexes: Iterable[Index]) -> list[Index]:
    """Indexes over known fields; one unique field is a trait of that field."""
    kept = []
    for index in indexes:
        only = fields.get(index.fields[0]) if len(index.fields) == 1 and not index.where else None
        if only is not None and index.unique:
            only.unique = True
        else:
            kept.append(index)
    return kept
