"""The package: one module per entity, one for the contracts, an index, and what npm and tsc need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import Entity, EntityKind, Field, File, Kind, Model
from flaresmith.compiler.resolve import resolve
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.zod.decimal import DECIMAL
from flaresmith.compiler.typescript import names
from flaresmith.compiler.typescript.text import WIDTH, comment, inferred, property_name
from flaresmith.compiler.typescript.zod import Writer
from flaresmith.compiler.wire import changes_schema, contract_schemas, create_schema, view_schema

FOLDER = "packages/types"
_IMPORT = 'import { z } from "zod";'


def emit(model: Model) -> Iterable[File]:
    """`packages/types/`: an entity's module changes only when that entity does."""
    entities = resolve(model.entities)
    modules = names.modules(entities)
    stems = names.stems(modules)
    taken = {name for stem in stems.values() for name in names.exports(stem)}
    for entity in entities:
        made = partial(_text, entity, stems[entity.name], taken)
        text = surroundings(model).remembered("zod", entity.name, made)
        path = f"{FOLDER}/src/{modules[entity.name]}.ts"
        yield File(path, text, "zod", entity.requirements, (entity.source,))
    if model.schemas:
        yield File(f"{FOLDER}/src/contracts.ts", _contracts(contract_schemas(model)), "zod")
    yield File(f"{FOLDER}/src/decimal.ts", DECIMAL, "zod")
    yield File(f"{FOLDER}/src/index.ts", _index(modules.values(), bool(model.schemas)), "zod")
    yield File(f"{FOLDER}/package.json", pretty(_package(model)), "zod")
    yield File(f"{FOLDER}/tsconfig.json", pretty(_TSCONFIG), "zod")


def _text(entity: Entity, stem: str, taken: set[str]) -> str:
    return _Module(entity, stem, taken).text()


def _index(modules: Iterable[str], contracts: bool) -> str:
    lines = [f'export * from "./{module}.js";' for module in sorted([*modules, "decimal"])]
    lines += ['export * as contracts from "./contracts.js";'] if contracts else []
    return "\n".join([*lines, ""])


class _Module:
    """The module of one entity."""

    def __init__(self, entity: Entity, stem: str, taken: set[str]) -> None:
        self.entity = entity
        self.stem = stem
        self.enums = dict(self._enums(taken))

    def text(self) -> str:
        return "\n".join([*_header(self.entity), "", *_with_imports(list(self.body()))])

    def body(self) -> Iterator[str]:
        if self.entity.kind is EntityKind.ENUM:
            values = {"type": "string", "enum": list(self.entity.values)}
            yield from _exported(self.stem, Writer().expression(values, "", 0), self.entity.description)
            return
        for field, name in self.enums.items():
            schema = {"type": "string", "enum": list(self._field(field).type.values)}
            yield from _exported(name, Writer().expression(schema, "", len(name) + 22))
        yield from self.object(self.stem, view_schema(self.entity), self.entity.description)
        if self.entity.kind is EntityKind.PERSISTED:
            yield from self.object(f"{self.stem}Create", create_schema(self.entity))
            yield from self.object(f"{self.stem}Update", changes_schema(self.entity))

    def object(self, name: str, schema: Mapping[str, Any], description: str = "") -> Iterator[str]:
        writer = Writer({field: f"{enum}Schema" for field, enum in self.enums.items()}, set(self.enums))
        required = schema.get("required", [])
        lines = [f"export const {name}Schema = z.object({{"]
        for key, value in schema["properties"].items():
            lines += self.member(writer, key, value, key in required)
        if len(lines) == 1:
            lines[0] += "});"
        else:
            lines.append("});")
        yield from comment(description)
        yield from lines
        yield from [inferred(name), ""]

    def member(self, writer: Writer, name: str, schema: Mapping[str, Any], required: bool) -> Iterator[str]:
        if name in self.enums:
            null = ".nullable()" if isinstance(schema["type"], list) else ""
            optional = "" if required else ".optional()"
            yield f"  {property_name(name)}: {self.enums[name]}Schema{null}{optional},"
            return
        for line in writer.member(name, schema, required, "  ", 0):
            yield f"  {line}"

    def _enums(self, taken: set[str]) -> Iterator[tuple[str, str]]:
        if self.entity.kind is EntityKind.ENUM:
            return
        for field in self.entity.fields:
            if field.type.kind is Kind.ENUM and field.type.values:
                name = f"{self.stem}{naming.pascal(field.name)}"
                while name in taken:
                    name += "Value"
                taken.add(name)
                yield field.name, name

    def _field(self, name: str) -> Field:
        return next(field for field in self.entity.fields if field.name == name)


def _with_imports(body: list[str]) -> list[str]:
    names = [name for name in ("decimal", "decimalInput") if any(f" {name}(" in line for line in body)]
    ours = [f'import {{ {", ".join(names)} }} from "./decimal.js";'] if names else []
    return [_IMPORT, *([""] if ours else []), *ours, "", *body]


def _header(entity: Entity) -> Iterator[str]:
    yield f"// Generated by Flaresmith from specs/{_one_line(entity.source.file)}."
    if entity.requirements:
        yield f"// Requirements: {', '.join(sorted(map(_one_line, entity.requirements)))}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _exported(name: str, expression: str, description: str = "") -> Iterator[str]:
    yield from comment(description)
    yield f"export const {name}Schema = {expression};"
    yield inferred(name)
    yield ""


def _contracts(schemas: Mapping[str, Any]) -> str:
    """Every component schema of the contracts; those that a circle of references joins are used lazily."""
    stems = names.contract_stems(schemas)
    writer = Writer({name: f"{stem}Schema" for name, stem in stems.items()})
    lines: list[str] = []
    for name in stems:
        schema = schemas[name]
        described = schema.get("description") if isinstance(schema, Mapping) else ""
        before = len(stems[name]) + 22
        text = writer.expression(schema, "", before)
        lines += _exported(stems[name], text, described if isinstance(described, str) else "")
        writer.ready.add(name)
    return "\n".join(["// Generated by Flaresmith from the contracts in specs/.", "", *_with_imports(lines)])


def _package(model: Model) -> dict[str, Any]:
    return {
        "name": f"@{naming.kebab(model.name)}/types",
        "version": "1.0.0",
        "private": True,
        "type": "module",
        "main": "./dist/index.js",
        "types": "./dist/index.d.ts",
        "scripts": {"build": "tsc", "check": "tsc --noEmit"},
        "dependencies": {"zod": "^4.0.0"},
        "devDependencies": {"typescript": "^5.5.0"},
        "prettier": {"printWidth": WIDTH},
    }


_TSCONFIG = {
    "compilerOptions": {
        "target": "ES2022",
        "module": "NodeNext",
        "moduleResolution": "NodeNext",
        "strict": True,
        "declaration": True,
        "outDir": "dist",
        "rootDir": "src",
        "skipLibCheck": True,
    },
    "include": ["src"],
}
