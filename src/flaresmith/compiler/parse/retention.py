"""How long rows are kept: `Retention: 90 days`, `expires after 24 h (TTL)`, `kept for 2 years`."""

from __future__ import annotations

import re

from flaresmith.compiler.model import Retention, Source
from flaresmith.compiler.parse import english
from flaresmith.compiler.parse.findings import excerpt
from flaresmith.compiler.parse.markdown import plain

_ABOUT = re.compile(
    r"\b(?:retention|retained|retain|ttl|time[- ]to[- ]live|purged?|pruned?|kept for|keep for|expires? (?:after"
    r"|in)|expiry"
    r"|auto[- ]?(?:delet|expir|purg)\w*|(?:hard[- ])?deleted (?:after|permanently after)|archived after"
    r"|cleaned up after)\b",
    re.I,
)
_SPAN = re.compile(
    r"(?<![\w.])(\d{1,6}(?:\.\d{1,3})?)[ -]?(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w"
    r"|months?|years?|y"
    r"|일|개월|년|시간|분|天|个月|月|年|小时|分钟|日|ヶ月|か月|時間|días?|dias?|jours?|tage|дней|дня|день"
    r"|месяцев|лет|horas?|heures?|meses|mois|años|ans)(?!\w)",
    re.I,
)
_DAYS = (
    (re.compile(r"s(?:ec\w*)?$", re.I), 1 / 86400),
    (re.compile(r"m(?:in\w*)?$|分|분", re.I), 1 / 1440),
    (re.compile(r"h|시간|小时|時間", re.I), 1 / 24),
    (re.compile(r"d|tag|jour|일|天|日|дн|день", re.I), 1.0),
    (re.compile(r"w", re.I), 7.0),
    (re.compile(r"m|개월|个月|月|ヶ月|か月", re.I), 30.0),
    (re.compile(r"y|년|年|añ|an|лет", re.I), 365.0),
)
_FOREVER = re.compile(r"\b(?:forever|indefinite(?:ly)?|permanent(?:ly)?|never (?:deleted|purged|expires?))\b", re.I)


def read_retention(text: str, source: Source, *, labelled: bool = False) -> Retention | None:
    """What a line says of how long rows are kept, in days where that is written; `labelled` lines need no such word."""
    clean = english.narrow(plain(text))[:600]
    span = _SPAN.search(clean)
    if not labelled and not (_ABOUT.search(clean) and span):
        return None
    if labelled and span is None and not _FOREVER.search(clean):
        return None
    return Retention(excerpt(clean), source, _days(span) if span else None)


def _days(span: re.Match[str]) -> float:
    number, unit = float(span.group(1)), span.group(2)
    factor = next((days for pattern, days in _DAYS if pattern.match(unit)), 1.0)
    return round(number * factor, 6)
