"""Which generated files and tests serve a requirement: those that were made from its feature and name its id."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.tracing.link import Link

_TEST = re.compile(r"(?:^|/)tests?/|(?:^|/)test_[^/]*$|\.(?:test|spec)\.[a-z]+$|_test\.[a-z]+$")
_HEAD = 2000
_UNCOUNTED = frozenset({"specs", "readme", "lock", "trace", "docs", "erd"})
Key = tuple[str, str]


class FileLinks:
    """Files and tests by feature and requirement id."""

    def __init__(self, model: Model, files: Iterable[File]) -> None:
        self.features = [feature.id for feature in model.features]
        self.owners: dict[str, list[str]] = defaultdict(list)
        for feature in model.features:
            for requirement in (*feature.requirements, *feature.success_criteria):
                if feature.id not in self.owners[requirement.id]:
                    self.owners[requirement.id].append(feature.id)
        self.files: dict[Key, list[Link]] = defaultdict(list)
        self.tests: dict[Key, list[Link]] = defaultdict(list)
        for file in sorted(files, key=lambda file: file.path):
            if file.target not in _UNCOUNTED and file.requirements:
                self._add(file)

    def of(self, feature: str, id_: str) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """The files and the tests of a requirement, by path."""
        return tuple(self.files.get((feature, id_), ())), tuple(self.tests.get((feature, id_), ()))

    def _add(self, file: File) -> None:
        is_test = bool(_TEST.search(file.path)) or file.target == "tests"
        features = {feature for source in file.sources if (feature := self._feature(source.file))}
        head = file.text if is_test else file.text[:_HEAD]
        for id_ in file.requirements:
            owners = self.owners.get(id_, [])
            mine = [owner for owner in owners if owner in features] or owners
            how = "cited" if len(mine) == 1 or features else "name"
            link = Link(file.path, how, file.path, _line(head, id_), file.target)
            for owner in mine:
                (self.tests if is_test else self.files)[owner, id_].append(link)

    def _feature(self, path: str) -> str:
        first = path.removeprefix("specs/").partition("/")[0]
        return first if first in self.features else ""


def _line(text: str, id_: str) -> int:
    """The first line that names the id; 0 where none does."""
    found = text.find(id_)
    return text.count("\n", 0, found) + 1 if found >= 0 else 0
