"""What was made before, kept with what it was made from: a build makes again only what reads something that changed.

A function names its work and says all that it reads; while a cache is in use, the result of the build before is
given back when every one of those values is equal to what it was. Without a cache, everything is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

Result = TypeVar("Result")
Key = tuple[str, ...]
Ask = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Known:
    """A result, all that it was made from, and the questions that were asked on the way, with their answers."""

    reads: tuple[Any, ...]
    result: Any
    asked: Mapping[Any, Any]

    def still_holds(self, reads: tuple[Any, ...], ask: Ask) -> bool:
        """Whether everything is as it was."""
        return _same(self.reads, reads) and all(
            _equal(ask(question), answer) for question, answer in self.asked.items()
        )


@dataclass(slots=True)
class Cache:
    """The results of one product's last build. One build at a time may use it; it holds what that build returned.

    `made` and `reused` count the pieces of the last build.
    """

    made: int = 0
    reused: int = 0
    _before: dict[Key, _Known] = field(default_factory=dict, repr=False)
    _now: dict[Key, _Known] = field(default_factory=dict, repr=False)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """For one build: what it neither makes nor reuses is forgotten at its end, unless it fails."""
        token = _in_use.set(self)
        self.made = self.reused = 0
        self._now = {}
        try:
            yield
            self._before = self._now
        finally:
            self._now = {}
            _in_use.reset(token)

    def result(self, key: Key, reads: tuple[Any, ...], ask: Ask, make: Callable[[Ask], Result]) -> Result:
        """The result of the build before when it read the same, else a new one."""
        known = self._now.get(key) or self._before.get(key)
        if known is not None and known.still_holds(reads, ask):
            self.reused += 1
        else:
            self.made += 1
            asked: dict[Any, Any] = {}
            known = _Known(reads, make(_noting(ask, asked)), asked)
        self._now[key] = known
        return cast("Result", known.result)


_in_use: ContextVar[Cache | None] = ContextVar("compiler_cache", default=None)


def remembered(key: Key, reads: tuple[Any, ...], make: Callable[[], Result]) -> Result:
    """The result of `make`, or of the same work in the build before when all that it `reads` is equal.

    `key` names the work, unique within a build. `reads` must hold everything that decides the result; the result must
    not be changed by anybody.
    """
    cache = _in_use.get()
    return make() if cache is None else cache.result(key, reads, _no_question, lambda _: make())


def remembered_asking(key: Key, reads: tuple[Any, ...], ask: Ask, make: Callable[[Ask], Result]) -> Result:
    """As `remembered`, for work that finds out on its way what it needs: it also reads the answers that it asked for.

    `make` gets the function to ask with; `ask` must give the same answer to a question throughout a build.
    """
    cache = _in_use.get()
    return make(ask) if cache is None else cache.result(key, reads, ask, make)


def interned(key: Key, value: Result) -> Result:
    """The equal value of the build before, else this one: comparing it later costs nothing."""
    return remembered((*key, "itself"), (value,), lambda: value)


def _no_question(question: Any) -> Any:
    raise LookupError(question)


def _noting(ask: Ask, asked: dict[Any, Any]) -> Ask:
    def noted(question: Any) -> Any:
        if question not in asked:
            asked[question] = ask(question)
        return asked[question]

    return noted


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(one) == len(other) and all(map(_equal, one, other))


def _equal(one: Any, other: Any) -> bool:
    """Equal to the last letter: 1, 1.0 and True are equal to Python and not to the files made from them."""
    return one is other or (bool(one == other) and (isinstance(one, str) or repr(one) == repr(other)))
