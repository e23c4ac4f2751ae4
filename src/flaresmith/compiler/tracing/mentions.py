"""Which entities a sentence speaks of: by their names, in one word or several, singular or plural."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from flaresmith.compiler import naming

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGEST = 4


class Mentions:
    """Finds entities in text; what is too general a word to mean one (`data`, `item`) is no mention."""

    def __init__(self, names: Iterable[str]) -> None:
        self.known = {naming.key(name): name for name in names if naming.key(name) not in _GENERAL}

    def of(self, text: str) -> frozenset[str]:
        """The names of the entities that the text speaks of."""
        if not self.known:
            return frozenset()
        words = _WORD.findall(text[:4000])
        found = set()
        for start in range(len(words)):
            for length in range(1, _LONGEST + 1):
                if start + length <= len(words) and (
                    name := self.known.get(_key(" ".join(words[start : start + length])))
                ):
                    found.add(name)
        return frozenset(found)


_GENERAL = frozenset({"data", "item", "user", "system", "type", "value", "record", "entity", "service", "state"})


@lru_cache(maxsize=65536)
def _key(words: str) -> str:
    return naming.key(words)


def cites(id_: str, *texts: str) -> bool:
    """Whether one of the texts names the id, and not only the start of a longer one."""
    return any(re.search(rf"(?<![\w-]){re.escape(id_)}(?![\w-]*\w)", text) for text in texts if id_ in text)
