"""Which passwords are refused although they are long enough: those that anybody would try first (offline list)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from flaresmith.features.identity.errors import WeakPassword

_ENDING = re.compile(r"[^a-z]+$")
_SEQUENCES = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm")


def refuse_weak(password: str, *, email: str) -> None:
    """Raise WeakPassword for a common one, a plain sequence or repetition, or the person's or product's own name."""
    plain = password.lower()
    word = _ENDING.sub("", plain)
    own_names = {email.partition("@")[0], email.partition("@")[2].partition(".")[0], "flaresmith"}
    if {plain, word, plain.replace(" ", "")} & (_common() | own_names) or _is_pattern(plain):
        raise WeakPassword()


@cache
def _common() -> frozenset[str]:
    return frozenset((files(__package__) / "common-passwords.txt").read_text().split())


def _is_pattern(plain: str) -> bool:
    if len(set(plain)) <= 2:
        return True
    return any(plain in run or plain[::-1] in run for run in _SEQUENCES)
