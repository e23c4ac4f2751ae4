"""Local references of one contract: where `#/components/…` leads, in which schema it ends, and what leads nowhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Source
from flaresmith.compiler.parse.documents import Document
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.schemas import PREFIX, normalized, ref

_SCHEMA_GROUPS = ("schemas", "zod", "models", "types")  # groups in `components` that hold schemas


class References:
    """Resolves the references of one document; component schemas keep a name, all else is put in place."""

    def __init__(self, document: Document, file: str, findings: Findings, named: Mapping[str, str]) -> None:
        self._document = document
        self._root = document.root
        self._file = file
        self._findings = findings
        self._named = named  # file path of a schema file → component name
        self._inside: list[str] = []
        self.renamed: dict[str, str] = {}

    def source(self, value: object, key: str | None = None) -> Source:
        """Where a value, or one of its keys, stands."""
        return Source(self._file, *self._document.place(value, key))

    def components(self) -> dict[str, Any]:
        """The raw schemas of the document by name, those of `components/zod` and the like included."""
        groups = mapping(mapping(self._root).get("components"))
        found: dict[str, Any] = {}
        for group in _SCHEMA_GROUPS:
            for name, schema in mapping(groups.get(group)).items():
                if self._usable(name, groups[group]) and isinstance(schema, dict | bool):
                    found.setdefault(name, schema)
        return found

    def schema(self, raw: Any) -> dict[str, Any]:
        """A schema in 3.1 form with its references resolved."""
        return normalized(raw, self._resolve)

    def local(self, raw: Any) -> dict[str, Any]:
        """A schema that stands by itself: one whose references lead into itself is kept as it is written."""
        return self.schema(raw) if all(self._leads_somewhere(target) for target in _targets(raw)) else dict(raw)

    def _leads_somewhere(self, target: str) -> bool:
        return not target.startswith("#") or self._pointed(target) is not None

    def follow(self, raw: Any) -> Any:
        """A parameter, body or response, or what its `$ref` points at; `{}` where that is nothing."""
        for _ in range(10):
            if not isinstance(raw, dict) or not isinstance(raw.get("$ref"), str):
                return raw
            found = self._pointed(raw["$ref"])
            if found is None:
                self._dangling(raw["$ref"], raw)
                return {}
            raw = found
        self._findings.error("cyclic-ref", "this reference leads back to itself", self.source(raw))
        return {}

    def _usable(self, name: str, group: object) -> bool:
        if reason := naming.unsafe_reason(name):
            self._findings.error(
                "unsafe-name",
                f"the schema name {excerpt(name)!r} is refused: {reason}",
                self.source(group, name),
                "use letters, digits and underscores",
            )
            return False
        return True

    def _leads_back(self, target: str) -> bool:
        """Whether names only stand for each other, in a circle; a schema that holds itself is no such circle."""
        seen: set[str] = set()
        while target not in seen:
            seen.add(target)
            found = self._pointed(target)
            if not isinstance(found, dict) or len(found) != 1 or not isinstance(found.get("$ref"), str):
                return False
            target = found["$ref"]
        return True

    def _resolve(self, target: str, at: Mapping[str, Any]) -> dict[str, Any]:
        parts = target.split("/")
        if len(parts) == 4 and parts[:2] == ["#", "components"] and parts[2] in _SCHEMA_GROUPS:
            found = self._pointed(target)
            if found is not None and self._leads_back(target):
                hint = "say what it is: one of these schemas needs a `type`"
                self._findings.error("cyclic-ref", "this reference leads back to itself", self.source(at), hint)
                return {}
            if found is not None and not naming.unsafe_reason(_unescaped(parts[3])):
                return self._component(_unescaped(parts[3]))
        if target.startswith("#"):
            return self._inlined(target, at)
        return self._elsewhere(target, at)

    def _component(self, name: str) -> dict[str, Any]:
        return ref(self.renamed.get(name, name))

    def _inlined(self, target: str, at: Mapping[str, Any]) -> dict[str, Any]:
        found = self._pointed(target)
        if found is None:
            self._dangling(target, at)
            return {}
        if target in self._inside or len(self._inside) > 30:
            self._findings.warning(
                "cyclic-ref",
                f"{excerpt(target)} contains itself and has no name; its inside is left open here",
                self.source(at, "$ref"),
                "move it to components/schemas",
            )
            return {}
        self._inside.append(target)
        try:
            return normalized(found, self._resolve)
        finally:
            self._inside.pop()

    def _elsewhere(self, target: str, at: Mapping[str, Any]) -> dict[str, Any]:
        path, _, _ = target.partition("#")
        if "://" in path:
            self._findings.warning(
                "external-ref",
                f"{excerpt(target)} is outside these specs and is not fetched",
                self.source(at, "$ref"),
                "copy the schema into components/schemas",
            )
            return {}
        name = self._named.get(posixpath.normpath(posixpath.join(posixpath.dirname(self._file), path)))
        if name is None:
            self._dangling(target, at)
            return {}
        return ref(name)

    def _pointed(self, target: str) -> Any:
        found: Any = self._root
        if not target.startswith("#/"):
            return self._root if target == "#" else None
        for part in target[2:].split("/"):
            key = _unescaped(part)
            if isinstance(found, dict) and key in found:
                found = found[key]
            elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            else:
                return None
        return found

    def _dangling(self, target: str, at: Mapping[str, Any]) -> None:
        self._findings.error(
            "dangling-ref",
            f"{excerpt(target)} is defined nowhere",
            self.source(at, "$ref"),
            f"define it under {PREFIX} or correct the name",
        )


def _targets(raw: Any) -> Iterator[str]:
    """Every `$ref` in a schema."""
    waiting = [raw]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(target := value.get("$ref"), str):
                yield target
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def mapping(value: Any) -> dict[str, Any]:
    """The value itself where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """The value itself where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any, limit: int = 2000) -> str:
    """A scalar as text of bounded length; anything else is empty."""
    return str(value)[:limit].strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
