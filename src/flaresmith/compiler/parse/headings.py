"""What a heading announces: an entity and its kind, a group of entities, facts of the entity above, or prose."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from flaresmith.compiler.model import Change, EntityKind
from flaresmith.compiler.parse import english
from flaresmith.compiler.parse.markdown import plain


class Role(StrEnum):
    """What stands under a heading or a label."""

    FIELDS = "fields"
    INDEXES = "indexes"
    RULES = "rules"
    LINKS = "relationships"
    STATES = "transitions"
    VALUES = "values"
    SEEDS = "seeds"
    RETENTION = "retention"
    GROUP = "group"
    ENTITY = "entity"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A heading, understood: the entity's name, its kind where that is said, and whether it changes an older one."""

    role: Role
    name: str = ""
    kind: EntityKind | None = None
    delta: bool = False
    change: Change | None = None
    extends: str = ""  # the id or number of the feature that the entity comes from, as written
    aliases: tuple[str, ...] = ()  # further names of the same entity: `Order Line (order_items)`
    explicit: bool = False  # the heading itself says that it is an entity or a table
    doubtful: bool = False  # prose ends like this too: only fields with types make it an entity


_LONGEST = 400
_NUMBER = re.compile(
    r"^[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\s]*(?:(?:\(?\d{1,3}(?:\.\d{1,3}){0,4}[.):]?|[A-Z][.)]|[IVX]{1,5}\.)\s+"
    r"|\d{1,3}[.,)]\s*(?=[^\W\d])|[一二三四五六七八九十]{1,3}[,.]\s*|[\u2460-\u2473]\s*)?"
)
_PART = re.compile(r"^(?:appendix|annex|part|phase|step)\s+\w{1,4}\s*[:.—–-]\s*", re.I)
_PREFIX = re.compile(
    r"^(?:(?:new|updated|modified|extended|existing|core|main|shared|domain|database)\s+)?(?:entity|entities|table"
    r"|model|aggregate(?: root)?|collection|type|schema|interface"
    r"|sheet|value object|dto|document|enum|class|struct|record|object)\s*(?:\d{1,3}\s*)?[:—–-]\s*",
    re.I,
)
_SUFFIX = re.compile(
    r"\s+(?:entity|table|model|collection|aggregate(?: root)?|sheet|enum(?:eration)?|interface|schema|dto|class|type"
    r"|object|document)(?: (?:schema|structure|definition|fields|attributes))?$",
    re.I,
)
_QUALIFIER = re.compile(r"\s*[(（\[]([^()（）\[\]]{0,300})[)）\]]|\s+[—–]\s+(.{0,200})$|\s+-\s+(.{0,200})$")
_CHANGES = (
    (Change.REMOVED, re.compile(r"\b(?:removed|deleted|dropped|to be removed|retired)\b", re.I)),
    (
        Change.UNCHANGED,
        re.compile(r"\b(?:unchanged|un-?modified|no (?:schema )?changes?|not (?:changed|modified)|as[ -]is)\b", re.I),
    ),
    (
        Change.MODIFIED,
        re.compile(
            r"\b(?:modified|modif(?:y|ication|ications)|adds?|extended(?! (?:information|info|data|details?"
            r"|attributes|version|view|profile))|extensions?|extends|updated?|changed|amended|changes"
            r"|delta|additions?|new (?:fields?|columns?)|added|altered|augmented)\b",
            re.I,
        ),
    ),
    (Change.UNCHANGED, re.compile(r"\b(?:existing|pre-?existing|referenced|reused)\b", re.I)),
    (Change.NEW, re.compile(r"\bnew\b", re.I)),
)
_ORIGIN = re.compile(
    r"\b(?:(?:extends?|extended|extending|defined|described|introduced|inherited|reused|from|in|of|see|per|by"
    r"|existing)\b"
    r"[ :]*(?:the |from |in |by |spec(?:ification)? |feature |of )*)[`\[(]*(?:\.\./|specs?/|kitty-specs/)*"
    r"(\d{3,4}(?:-[a-z0-9][\w-]{0,80})?)\b|\b(?:spec|feature)[ #-]*(\d{3})\b|(?:specs"
    r"|kitty-specs)/(\d{3,4}-[\w-]{1,80})",
    re.I,
)
_KINDS = (
    (EntityKind.ENUM, re.compile(r"\b(?:enum|enumeration|enums|enumerations|value list|lookup values)\b", re.I)),
    (
        EntityKind.DTO,
        re.compile(
            r"\b(?:dtos?|request|response|requests|responses|payloads?|api types?|wire|value objects?|input"
            r"|output|message format|api models?|form state|ui state|view[ -]?models?|component props|props"
            r"|frontend types?|client types?|cli|command options)\b",
            re.I,
        ),
    ),
    (
        EntityKind.DERIVED,
        re.compile(
            r"[\w/]\.(?:dart|tsx?|jsx?|kt|swift|vue|svelte|java|cs)\b|\b(?:derived|computed|read[ -]?models?"
            r"|projections?|views?|in[ -]memory|transient|ephemeral|not (?:persisted|stored)"
            r"|non[ -]persisted|runtime|client[ -]side|local ?storage|session ?storage|cache only|virtual"
            r"|materiali[sz]ed|config(?:uration)?s?(?: files?)?|file[ -]based|stateless|script ?properties)\b",
            re.I,
        ),
    ),
    (
        EntityKind.EXTERNAL,
        re.compile(
            r"\b(?:external|third[ -]party|upstream|owned by|from (?:auth|another)|managed by|remote"
            r"|read-only reference)\b",
            re.I,
        ),
    ),
)
_FACTS = {
    Role.FIELDS: r"fields?|attributes?|columns?|propert(?:y|ies)|schema|structure|data structure"
    r"|field definitions?|table structure|field details|field descriptions?|column descriptions?"
    r"|members|table definition|table schema|sql schema|definition|core fields|key (?:fields"
    r"|attributes)|new fields|added fields|fields? added|new columns",
    Role.INDEXES: r"(?:\w+ )?ind(?:ex(?:es)?|ices)|indexing(?: strategy)?|(?:composite "
    r"|partial )?unique (?:constraints?|indexes|keys?)|unique",
    Role.RULES: r"(?:\w+ ){0,2}(?:validations?|validation rules?|rules?|constraints?|invariants?)(?: (?:rules?"
    r"|and invariants|& invariants|summary))?|checks?|business logic|data integrity",
    Role.LINKS: r"(?:\w+ )?(?:relationships?|relations?|associations?|references)(?: (?:summary|overview|diagram"
    r"|map))?|entity relationship(?:s| diagram| overview)?|er diagram|erd|cardinalit(?:y|ies)"
    r"|foreign keys",
    Role.STATES: r"(?:\w+ ){0,3}(?:state transitions?|states?|state machines?|lifecycles?|life cycle|transitions?"
    r"|(?:status|state) flow|status transitions?|workflow|state diagram|state model)s?(?: (?:rules?|diagram))?",
    Role.VALUES: r"(?:\w+ )?(?:enum(?:eration)? values?|values|allowed values|status values|possible values)",
    Role.SEEDS: r"(?:\w+ )?(?:seed(?:ed)?(?: data| values| rows| records)?|initial (?:data|rows|records)"
    r"|default (?:data|rows"
    r"|records)|reference data|lookup data)",
    Role.RETENTION: r"(?:data |\w+ )?(?:retention(?: polic(?:y|ies)| period| rules?)?|ttl|expiration(?: policy)?"
    r"|data lifetime)",
}
_FACT_ROLES = tuple((role, re.compile(rf"^(?:{text})$", re.I)) for role, text in _FACTS.items())
_GROUP = re.compile(
    r"^(?:(?:the|new|core|main|key|existing|modified|updated|extended|persisted|domain|database|db"
    r"|data|primary|supporting|additional|shared|reference|domain|platform|application|backend"
    r"|new domain|modified domain|relational|postgres(?:ql)?|sql|prisma|typescript|pydantic|api"
    r"|frontend|client|ui|external|derived|read|view|request|response|form|configuration|config"
    r"|runtime|in-memory|non-persisted|value)\s+){0,3}"
    r"(?:entit(?:y|ies)|models?|tables?|schemas?|types?|collections?|dtos?|objects?|enums?"
    r"|enumerations?|interfaces?|aggregates?|sheets?|structures?|definitions?|entity definitions?"
    r"|data models?|states?|view models?|read models?|classes|records?|entities and fields"
    r"|schema definitions?|model definitions?|core model)"
    r"(?:\s+(?:definitions?|overview|details?|changes|and relationships|catalog|used|additions"
    r"|descriptions?|& relationships|hierarchy))?$",
    re.I,
)
_PLURAL_GROUP = re.compile(
    r"^(?:[\w/&-]{1,40} ){1,5}(?:types|interfaces|dtos|enums|entities|tables|schemas|classes|structures)$", re.I
)
_PROSE = re.compile(
    r"^(?:(?:phase|step|appendix|part)\b.{0,60}|summary|operations|errors|integrations?|support"
    r"|information|metrics|points|handling"
    r"|.{0,40}\b(?:migrations?|quer(?:y|ies)|query patterns?|examples|sample data|seed(?: data|ing)?"
    r"|fixtures|notes|open questions|overview|summaries|introduction|conventions?|assumptions"
    r"|references|changelog|glossary|strateg(?:y|ies)"
    r"|considerations|decisions|rationale|rls|row[- ]level security|security|performance|scalability|retention|pruning"
    r"|maintenance|idempotency(?: keys)?|partitioning|naming|storage estimates?|volume|testing|tests"
    r"|error handling|usage|access patterns"
    r"|data flow|flows|caching|monitoring|compliance|dependencies|out of scope|scope|purpose"
    r"|background|context|todo|next steps"
    r"|traceability|acceptance|api|implementation|algorithm|triggers|functions?|procedures?"
    r"|stored procedures|privacy|gdpr|benefits"
    r"|trade-?offs|steps|requirements|enhancements?|improvements?|limitations|risks|concerns?|impact"
    r"|guarantees|data volumes?|estimates"
    r"|rollback|deletion|cleanup|semantics|principles|formulas?|calculations?|versioning|file layout"
    r"|directory structure"
    r"|file structure|folder structure|helpers?|logic|behaviou?r|matrix|diagram))$",
    re.I,
)
_DOUBTFUL = re.compile(
    r"\b(?:categor(?:y|ies)|metrics?|points?|commands?|polic(?:y|ies)|summary|operations?|endpoints?"
    r"|mappings?|sources?|errors?|example"
    r"|decision|note|flow|audit|backup|trigger|controls?|encryption|code|information|integration|support|handling)$",
    re.I,
)
_NAME = re.compile(r"^[^\W\d][\w.$]{0,80}$|^[^\W\d][\w'’&/-]{0,40}(?: [\w'’&/-]{1,40}){1,4}$")
_PASCAL = re.compile(r"^[A-Z][a-z]+(?:[A-Z][a-z]+)+$")
_TICKED_THING = re.compile(r"^([^\W\d_]{2,12})\s+`([\w.]{1,100})`$")
_TICKED_TAIL = re.compile(r"^([^`:：]{2,60})\s*[:：—–]\s*`([^\W\d][\w.]{0,100})`$")
_CHANGE_ALONE = {change.value: change for change in Change}
_TWO_NAMES = re.compile(r"^([A-Z]\w*[a-z]\w*) / ([A-Z]\w*[a-z]\w*)$")
_LEAD = r"(?:(?i:modified|extended|updated|changed|existing|unchanged|removed|deleted|new)[: ]\s*)+"


def announce(text: str) -> Announcement:
    """What a heading's text announces."""
    if len(text) > _LONGEST:
        return Announcement(Role.PROSE)
    title = titled(text)
    bare = english.section(title)
    for role, pattern in _FACT_ROLES:
        if pattern.match(bare):
            return Announcement(role, kind=_kind_in(bare))
    if change := _CHANGE_ALONE.get(" ".join(english.qualifiers(title).lower().split())):
        return Announcement(Role.GROUP, delta=_is_delta(change), change=change)
    if tail := _TICKED_TAIL.match(plain_start(text)):
        return _about(tail.group(1), tail.group(2))
    if re.match(r"^`[\w.]+`", plain_start(text)):
        return _entity(text, title)
    name, qualifier = _without_qualifier(title)
    group = english.section(name)
    if group == name and not name.isascii():
        spoken = " ".join(english.qualifiers(name).split())
        group = spoken if re.search(r"\b(?:entity|table|model|enum)$", spoken) and spoken.isascii() else name
    if _PLURAL_GROUP.match(title) or _GROUP.match(group):
        said = f"{group} {english.qualifiers(qualifier)}"
        change = change_in(said)
        return Announcement(Role.GROUP, kind=_kind_in(said), delta=_is_delta(change), change=change)
    return _entity(text, title)


def as_entity(text: str) -> Announcement | None:
    """The heading read as the name of an entity, whatever it usually announces; None where it is no name."""
    title = _PART.sub("", titled(text[:_LONGEST]))
    name, _ = _without_qualifier(title)
    if not _NAME.match(name) or len(name.split()) > 3:
        return None
    return replace(_entity(text, title), role=Role.ENTITY, doubtful=False)


def label_of(text: str) -> tuple[str, str] | None:
    """A label line (`**Indexes**:`, `Index: (a, b).`) as its words and what follows on the line; None for prose."""
    match = re.match(
        r"^(?:\*\*|__)([^*\n]{1,80}?):?(?:\*\*|__)\s*(?:[(（][^()（）]{0,80}[)）])?\s*[:：]?\s*(.*)$", text
    ) or re.match(
        r"^([A-ZÀ-Þ\u0400-\u042f\u3040-\ud7af][\w /&-]{1,50})(?:\s*[(（][^()（）]{0,60}[)）])?\s*[:：]\s*(.*)$", text
    )
    return (match.group(1).strip(" :`"), match.group(2).strip()) if match else None


def fact_role(label: str) -> Role | None:
    """The role of a label such as `Validation rules`, or None."""
    bare = english.section(" ".join(plain(label).split()).strip(" :"))
    return next((role for role, pattern in _FACT_ROLES if pattern.match(bare)), None)


def change_in(text: str) -> Change | None:
    """What the words behind a name say that a feature does to the entity."""
    return next((change for change, pattern in _CHANGES if pattern.search(text)), None)


def leading_change(text: str) -> Change | None:
    """What the first word of a heading says of all below it: `New presentation state`, `Reused types`."""
    first = re.match(r"[^\W\d]+", english.qualifiers(titled(text)).strip())
    return change_in(first.group()) if first else None


def origin_in(text: str) -> str:
    """The feature that a text says an entity comes from: `extends 001-auth`, `defined in specs/001-auth`."""
    match = _ORIGIN.search(text)
    return next((group for group in match.groups() if group), "") if match else ""


def titled(text: str) -> str:
    """The heading without number, emphasis and quotes around it."""
    title = " ".join(_NUMBER.sub("", english.narrow(plain(text)), count=1).strip(" :*").split())
    if match := _TICKED_THING.match(plain_start(text)):
        return f"{match.group(1)}: {match.group(2)}"
    quoted = re.fullmatch(r"[\"'“‘«]([\w .-]{1,80})[\"'”’»]", title)
    return quoted.group(1) if quoted else title


def _entity(text: str, title: str) -> Announcement:
    name, qualifier = _without_qualifier(title)
    qualifier = english.qualifiers(qualifier)
    name = english.entity_words(_natural(name))
    explicit = bool(_PREFIX.match(name) or _SUFFIX.search(name) or re.search(r"^`[^`]+`", plain_start(text)))
    kind = _kind_in(qualifier) or (_kind_in(name) if _PREFIX.match(name) or _SUFFIX.search(name) else None)
    lead = re.match(_LEAD, name)
    change = change_in(f"{qualifier} {lead.group()}" if lead else qualifier)
    name = _named(name)
    if not explicit and (_PROSE.match(name) or _PROSE.match(english.section(name))):
        return Announcement(Role.PROSE, name)
    name, aliases = _spoken(name, qualifier, title)
    role = Role.ENTITY if _NAME.match(name) or _hostile(name) else Role.PROSE
    return Announcement(
        role,
        name.rsplit(".", 1)[-1] if re.fullmatch(r"\w+\.\w+", name) else name,
        kind,
        _is_delta(change),
        change,
        origin_in(qualifier),
        aliases,
        explicit,
        doubtful=not explicit and bool(_DOUBTFUL.search(name)),
    )


def _about(lead: str, name: str) -> Announcement:
    """`Columns in detail: `orders``: words about an entity, whose name stands last; only its fields make it one."""
    said = english.qualifiers(lead)
    change, spoken = change_in(said), name.rsplit(".", 1)[-1]
    role = Role.PROSE if fact_role(lead) not in (None, Role.FIELDS) or _PROSE.match(lead) else Role.ENTITY
    return Announcement(role, spoken, _kind_in(said), _is_delta(change), change, explicit=True, doubtful=True)


def _named(name: str) -> str:
    """The name without the words of the craft around it: `Modified Entity: User` → `User`."""
    name = _PREFIX.sub("", name)
    name = _SUFFIX.sub("", name).strip(" :*\"'") if not _hostile(name) else _SUFFIX.sub("", name).strip(" :*")
    name = re.sub(_LEAD + r"(?=\S)", "", name, flags=re.I)
    return re.sub(r"\s+(?:extensions?|changes|additions|updates|modifications)$", "", name, flags=re.I)


def _spoken(name: str, qualifier: str, title: str) -> tuple[str, tuple[str, ...]]:
    """A heading in two languages bears the name that is an identifier; the other one is another name of it."""
    beside = re.findall(r"(?<![\w.])[A-Za-z_]\w{1,80}(?![\w.])", title) if not name.isascii() else []
    words = [
        word for word in re.findall(r"[`\"']?\b([^\W\d]\w{1,80})\b", qualifier) if "_" in word or _PASCAL.match(word)
    ]
    single = not name.isascii() and name.count(" ") == 0 and len(beside) == 1
    if single and change_in(beside[0]) is None and _kind_in(beside[0]) is None:
        return beside[0], (name,)
    if (
        mixed := re.fullmatch(r"([A-Za-z_]\w{1,80}) [^\x00-\x7f]{1,40}|[^\x00-\x7f]{1,40} ([A-Za-z_]\w{1,80})", name)
    ) is not None:
        spoken = mixed.group(1) or mixed.group(2)
        return spoken, (name.replace(spoken, "").strip(),)
    if two := _TWO_NAMES.search(_without_qualifier(title)[0]):
        words.append(two.group(2))
    return name, tuple(dict.fromkeys(words))[:3]


def _natural(name: str) -> str:
    """`Page<T>` → `Page`, `A / B` and `A & B` → `A B`: what people write in headings and no name needs."""
    name = re.sub(r"\\?<\w{1,20}\\?>", "", name)
    if re.search(r"\.\.|^[/~]|\\", name):
        return name
    if two := _TWO_NAMES.match(name):
        return two.group(1)
    return (
        re.sub(r"(?<=[\w)])\s*[/&+]\s*(?=\w)", " ", name).strip(" '’") if not re.search(r"\.\w{1,4}$", name) else name
    )


def plain_start(text: str) -> str:
    """The heading's text behind its number."""
    return _NUMBER.sub("", text.strip())


def _hostile(name: str) -> bool:
    return bool(re.search(r"\.\./|[;'\"${}<>\\`|]", name)) and len(name.split()) <= 8


def _without_qualifier(title: str) -> tuple[str, str]:
    """`Products (Sheet: X)` → name and qualifier; a heading in two languages keeps the first."""
    if re.search(r"\.\./|\$[({]|\{\{|\{%", title):
        return title, ""
    found = [next(filter(None, match.groups()), "") for match in _QUALIFIER.finditer(title)]
    name = _QUALIFIER.sub(" ", title).strip()
    return (name, " ".join(found)) if name else (title, "")


def _kind_in(text: str) -> EntityKind | None:
    if re.search(r"\b(?:table|persisted|database)\b", text, re.I) and not re.search(
        r"\bnot\b|\bno\b|\bnon\b", text, re.I
    ):
        return EntityKind.PERSISTED
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), None)


def _is_delta(change: Change | None) -> bool:
    return change in (Change.MODIFIED, Change.UNCHANGED, Change.REMOVED)
