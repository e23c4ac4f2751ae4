"""Rules in words become conditions over the fields they name: `endsOn must be after startsOn` → `endsOn > startsOn`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flaresmith.compiler import naming

_NAME = r"[`\"']?([^\W\d]\w{0,80})[`\"']?"
_VALUE = r"(?:`?(-?\d{1,18}(?:\.\d{1,9})?)`?(?![\w%])|" + _NAME + r"(?!\s*\())"
_END = r"\s*(?:[.;,(—–]|$|\b(?:if|when|at|for|and)\b)"
_SIGN = re.compile(rf"^{_NAME}\s*(>=|<=|≥|≤|!=|<>|==|=|>|<)\s*{_VALUE}{_END}", re.I)
_WORDS: tuple[tuple[str, str], ...] = (
    (r"(?:on or after|at or after|same (?:as )?or after|no earlier than|not before)", ">="),
    (r"(?:on or before|at or before|no later than|not after)", "<="),
    (r"(?:greater|more|higher|larger) than or equal(?:s)? to|≥|>=|at least", ">="),
    (r"(?:less|lower|smaller|fewer) than or equal(?:s)? to|≤|<=|at most|not exceeding", "<="),
    (r"(?:after|later than|greater than|more than|higher than|larger than|>)", ">"),
    (r"(?:before|earlier than|less than|lower than|smaller than|<)", "<"),
    (r"(?:different from|not equal to|not the same as|distinct from)", "!="),
)
_SPOKEN = tuple(
    (
        re.compile(
            rf"^{_NAME}\s+(?:must|should|shall|has to|is"
            rf"|are)\s*(?:always )?(?:be )?(?:{words})\s+(?:the )?{_VALUE}{_END}",
            re.I,
        ),
        sign,
    )
    for words, sign in _WORDS
)
_NEVER = (
    (
        re.compile(
            rf"^{_NAME}\s+(?:cannot|can ?not|must not|may not|should not)\s+(?:be )?(?:before|earlier than"
            rf"|less than|lower than)\s+(?:the )?{_VALUE}{_END}",
            re.I,
        ),
        ">=",
    ),
    (
        re.compile(
            rf"^{_NAME}\s+(?:cannot|can ?not|must not|may not|should not)\s+(?:be )?(?:after|later than"
            rf"|greater than|more than|exceed)\s+(?:the )?{_VALUE}{_END}",
            re.I,
        ),
        "<=",
    ),
    (
        re.compile(
            rf"^{_NAME}\s+(?:cannot|can ?not|must not|may not)\s+(?:be )?(?:equal(?: to)?"
            rf"|the same as)\s+(?:the )?{_VALUE}{_END}",
            re.I,
        ),
        "!=",
    ),
)
_CHECK = re.compile(r"^(?:CHECK|check constraint)\s*:?\s*\((.{3,1000})\)[.;`]*$", re.I | re.S)
_SIGNS = {"≥": ">=", "≤": "<=", "<>": "!=", "==": "="}


def expression_of(text: str, names: Mapping[str, str]) -> str:
    """The condition of a rule over an entity's fields (`names`: snake case → as written); empty for other words."""
    text = text[:1200].strip()
    if match := _CHECK.match(text):
        return match.group(1).strip()
    if match := _SIGN.match(text):
        return _compared(
            match.group(1), _SIGNS.get(match.group(2), match.group(2)), match.group(3), match.group(4), names
        )
    for pattern, sign in (*_NEVER, *_SPOKEN):
        if match := pattern.match(text):
            return _compared(match.group(1), sign, match.group(2), match.group(3), names)
    return ""


def _compared(left: str, sign: str, number: str | None, right: str | None, names: Mapping[str, str]) -> str:
    first = names.get(naming.snake(left))
    second = number or (names.get(naming.snake(right)) if right else None)
    return f"{first} {sign} {second}" if first and second and first != second else ""
