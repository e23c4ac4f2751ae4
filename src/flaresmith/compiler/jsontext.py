"""JSON as people read it: two spaces, a final newline, and the same bytes for the same value."""

from __future__ import annotations

import json
from typing import Any

import orjson


def pretty(value: Any, *, sort_keys: bool = False) -> str:
    """Text of a JSON value; keys stay in the order they came unless `sort_keys`."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | (orjson.OPT_SORT_KEYS if sort_keys else 0)
    try:
        return orjson.dumps(value, default=_plain, option=options).decode()
    except TypeError:  # whole numbers past 64 bits, lone surrogates: rare, and the standard library writes them
        return json.dumps(value, indent=2, default=_plain, sort_keys=sort_keys, ensure_ascii=True) + "\n"


def _plain(value: object) -> Any:
    if isinstance(value, (tuple, set, frozenset)):
        return sorted(value) if not isinstance(value, tuple) else list(value)
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} is not JSON")
