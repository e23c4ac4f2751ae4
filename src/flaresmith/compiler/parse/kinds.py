"""The kind of an entity, where its name or a sentence about it gives it away."""

from __future__ import annotations

import re

from flaresmith.compiler.model import EntityKind

_NAMED_DTO = re.compile(
    r"(?:Request|Response|Dto|DTO|Payload|Input|Output|Params|Props|Result|ViewModel|FormState"
    r"|FormData|Args|Options|Config|Configuration|Settings|Error|Exception|Command|Query|Filter"
    r"|Filters|Provider|Context|Controller|Service)$"
)


def kind_of_name(name: str) -> EntityKind | None:
    """The kind that a type's name gives away: `CreateOrderRequest` is a DTO."""
    if re.search(r"[a-z](?:Resolver|Parser|Factory|Validator|Adapter|Middleware|Loader|Detector)$", name):
        return EntityKind.DERIVED
    return EntityKind.DTO if _NAMED_DTO.search(name) and name not in ("Order", "Query") else None


def kind_of_text(text: str) -> EntityKind | None:
    """The kind that a sentence gives away: `Not persisted; computed per request.`"""
    if re.search(
        r"\bnot (?:persisted|stored)\b|\bin[- ]memory\b|\bephemeral\b|\bstateless\b|\bnever (?:persisted"
        r"|stored)\b|\bno (?:database )?table\b|\bnot a (?:database )?table\b|\bcomputed (?:at|on|per)\b"
        r"|\bfromResponse\b|\bread[- ]model\b|\bview[- ]model\b|\bpersisted (?:as|in"
        r"|to) `?[\w./-]+\.(?:json|ya?ml|toml|md)\b|\blocalStorage\b|\bsessionStorage\b|\bparsed from\b"
        r"|\bgenerated fresh\b",
        text,
        re.I,
    ):
        return EntityKind.DERIVED
    if not text.isascii() and re.search(
        r"(?:不|未|非)(?:会)?(?:持久化|存储|入库|保存)|仅(?:存在于|保存在)?内存|(?:저장|영속화?)(?:하지|되지) 않"
        r"|메모리(?:에만|에서만)"
        r"|(?:永続化|保存)(?:しない|されない)|メモリ上のみ|no se (?:persiste|almacena|guarda)|não (?:é "
        r"|são )?(?:persistid|armazenad)"
        r"|n'est pas (?:persisté|stocké|enregistré)|не (?:хранится|сохраняется)|nicht (?:gespeichert|persistiert)",
        text,
        re.I,
    ):
        return EntityKind.DERIVED
    if re.search(r"\b(?:request|response) (?:body|payload|object|dto)\b|\bdata transfer object\b", text, re.I):
        return EntityKind.DTO
    return None
