"""The modules of operations: one class per group, one method per operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from flaresmith.compiler import naming
from flaresmith.compiler.clients import Group, Operation
from flaresmith.compiler.model import File, Parameter
from flaresmith.compiler.surroundings import Surroundings
from flaresmith.compiler.targets.typescript_client.types import Node, Typer, flat, key_of, lines, union
from flaresmith.compiler.typescript.layout import header, module
from flaresmith.compiler.typescript.text import WIDTH, comment
from flaresmith.compiler.typescript.text import literal as any_literal

# What a parameter of this name would hide inside its method, and what a method must not be called.
_SHADOWED = naming.TYPESCRIPT_RESERVED | {"body", "parameters", "options", "models", "styled", "undefined"}
_METHODS = frozenset({"constructor"})
_GLOBALS = "Client Sender Sent Listing RequestOptions Object Function Promise Array Error Blob Map Set Symbol String"
_CLASSES = frozenset(_GLOBALS.split())
_WORDS = (("path", "values"), ("query", "query"), ("header", "headers"), ("cookie", "cookies"))
_USUAL = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False), "cookie": ("form", True)}


@lru_cache(maxsize=65536)
def literal(text: str) -> str:
    """A text as a literal."""
    return any_literal(text)


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the groups: module, class, and attribute of the client."""

    modules: Mapping[str, str]
    classes: Mapping[str, str]
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a method takes: path parameters by their identifiers, all others by their keys in one object."""

    path: Sequence[tuple[Parameter, str]]
    named: Sequence[tuple[Parameter, str]]

    @property
    def is_optional(self) -> bool:
        """Whether the object may be left out."""
        return not any(parameter.required for parameter, _ in self.named)


def group_names(groups: Sequence[Group], reserved: frozenset[str]) -> Names:
    """The names of all groups; none is given twice, nor to what the client has already."""
    keys = [group.name for group in groups]
    modules = naming.distinct(map(naming.kebab, keys))
    classes = naming.distinct(map(naming.pascal, keys), _CLASSES)
    attributes = naming.distinct(map(naming.camel, keys), reserved)
    made = (dict(zip(keys, chosen, strict=True)) for chosen in (modules, classes, attributes))
    return Names(*made)


def group_file(group: Group, names: Names, typer: Typer, around: Surroundings, folder: str, target: str) -> File:
    """The module of one group; one that only an entity explains is made again when something around that changes."""
    made = partial(_file, group, names, typer, folder, target)
    chosen = (names.classes[group.name], names.modules[group.name])
    return around.remembered(f"{target} group", group.entity, made, *chosen) if group.entity else made()


def _file(group: Group, names: Names, typer: Typer, folder: str, target: str) -> File:
    stem = names.classes[group.name]
    wanted = [naming.pascal(f"{operation.id} Parameters") for operation in group.operations]
    interfaces = naming.distinct(wanted, {*_CLASSES, stem})
    methods = naming.distinct((naming.camel(operation.id) for operation in group.operations), _METHODS)
    writer = _Writer(typer)
    blocks: list[list[str]] = []
    made: list[list[str]] = []
    for method, interface, operation in zip(methods, interfaces, group.operations, strict=True):
        arguments = _arguments(operation)
        if arguments.named:
            blocks.append(writer.interface(interface, operation, arguments))
        made.append(writer.method(method, interface, operation, arguments))
    blocks.append(_class(stem, group.name, made))
    sources = {operation.endpoint.source.file: operation.endpoint.source for operation in group.operations}
    top = header(sources.values(), group.requirements)
    text = module([top, _imports(blocks, group), *blocks])
    path = f"{folder}/{names.modules[group.name]}.ts"
    return File(path, text, target, group.requirements, tuple(sources.values()))


def _imports(blocks: Sequence[Sequence[str]], group: Group) -> list[str]:
    code = "\n".join(line for block in blocks for line in block if not line.lstrip().startswith("/**"))
    found = ['import type * as models from "../models/index.js";'] if "models." in code else []
    found.append('import type { RequestOptions } from "../runtime/calls.js";')
    if "styled(" in code:
        found.append('import { styled } from "../runtime/encoding.js";')
    found.append('import type { Sender } from "../runtime/sender.js";')
    sent = ["Listing"] if any(operation.paging for operation in group.operations) else []
    sent += ["Sent"] if any(not operation.paging for operation in group.operations) else []
    return [*found, f'import type {{ {", ".join(sent)} }} from "../runtime/sent.js";']


def _class(name: str, group: str, methods: Sequence[Sequence[str]]) -> list[str]:
    made = [
        *comment(f"The operations of {group}."),
        f"export class {name} {{",
        "  private readonly sender: Sender;",
        "",
        "  constructor(sender: Sender) {",
        "    this.sender = sender;",
        "  }",
    ]
    for method in methods:
        made += ["", *method]
    return [*made, "}"]


def _arguments(operation: Operation) -> Arguments:
    path = operation.located("path")
    wanted = (f"{name}_" if (name := naming.camel(p.name)) in _SHADOWED else name for p in path)
    others = [parameter for parameter in operation.parameters if parameter.location != "path"]
    keys = naming.distinct(parameter.name for parameter in others)
    identifiers = naming.distinct(wanted, _SHADOWED)
    return Arguments(list(zip(path, identifiers, strict=True)), list(zip(others, keys, strict=True)))


class _Writer:
    """Writes the interfaces and methods of one group."""

    def __init__(self, typer: Typer) -> None:
        self.typer = typer

    def interface(self, name: str, operation: Operation, arguments: Arguments) -> list[str]:
        """What an operation takes besides path and body."""
        body: list[str] = []
        for parameter, key in arguments.named:
            body += comment(parameter.description, "  ")
            node = self.typer.type(parameter.schema, f"{operation.id} {parameter.name}")
            body += lines(f"{key_of(key)}{'' if parameter.required else '?'}: ", node, "  ")
        return [f"export interface {name} {{", *body, "}"]

    def method(self, name: str, interface: str, operation: Operation, arguments: Arguments) -> list[str]:
        """The method of one operation, inside its class."""
        taken = self.taken(interface, operation, arguments)
        verb = "list" if operation.paging else "send"
        return [
            *comment(_says(operation), "  "),
            *_head(name, taken, self.returns(operation)),
            f"    return this.sender.{verb}(options, {{",
            *(f"      {line}" for line in _call(operation, arguments)),
            "    });",
            "  }",
        ]

    def taken(self, interface: str, operation: Operation, arguments: Arguments) -> list[tuple[str, Node]]:
        """The parameters of the method; what may be left out and stands before what may not is `| undefined`."""
        found: list[tuple[str, Node]] = [
            (f"{identifier}: ", self.typer.type(parameter.schema, f"{operation.id} {parameter.name}"))
            for parameter, identifier in arguments.path
        ]
        optional = arguments.is_optional
        if operation.body is not None:
            written, required = self.body(operation), operation.body.required
            key = "body?: " if optional and not required else "body: "
            found.append((key, written if optional or required else union([written, "undefined"])))
        if arguments.named:
            found.append(("parameters: ", f"{interface} = {{}}" if optional else interface))
        return [*found, ("options?: ", "RequestOptions")]

    def body(self, operation: Operation) -> Node:
        body = operation.body
        assert body is not None
        if body.kind in ("text", "binary"):
            return "string" if body.kind == "text" else union(["Blob", "ArrayBuffer"])
        return self.typer.type(body.schema, f"{operation.id} Request")

    def returns(self, operation: Operation) -> tuple[str, list[str]]:
        """The class of the result, and its type arguments."""
        answer = flat(self.answer(operation))
        if operation.paging is None:
            return "Sent", [answer]
        return "Listing", [answer, flat(self.typer.type(operation.paging.item, f"{operation.id} Item"))]

    def answer(self, operation: Operation) -> Node:
        if operation.kind != "json":
            return {"text": "string", "binary": "Blob"}.get(operation.kind, "void")
        nodes = [self.typer.type(schema, f"{operation.id} Response") for schema in operation.answers]
        return union([*nodes, "undefined"] if operation.may_be_empty else nodes)


def _head(name: str, taken: Sequence[tuple[str, Node]], returns: tuple[str, list[str]]) -> list[str]:
    """The line that opens a method, broken where it is too long."""
    kind, arguments = returns
    result = f"{kind}<{', '.join(arguments)}>"
    whole = f"  {name}({', '.join(prefix + flat(node) for prefix, node in taken)}): {result} {{"
    if len(whole) <= WIDTH:
        return [whole]
    opened = [f"  {name}("]
    for prefix, node in taken:
        opened += lines(prefix, node, "    ", ",")
    if len(result) + 7 <= WIDTH:
        return [*opened, f"  ): {result} {{"]
    listed = [f"    {each}," for each in arguments]
    return [*opened, f"  ): {kind}<", *listed[:-1], listed[-1].removesuffix(","), "  > {"]


def _says(operation: Operation) -> str:
    endpoint = operation.endpoint
    summary = endpoint.summary or operation.id
    more = endpoint.description if endpoint.description and endpoint.description != summary else ""
    ids = ", ".join(sorted(set(endpoint.requirements)))
    said = [f"{summary.rstrip('. ')}.", more, f"`{endpoint.method} {endpoint.path}`."]
    return " ".join([*filter(None, said), *([f"Requirements: {ids}."] if ids else [])])


def _call(operation: Operation, arguments: Arguments) -> Iterator[str]:
    """The members of the object that describes the call."""
    yield f"method: {literal(operation.endpoint.method)},"
    yield f"path: {literal(operation.endpoint.path)},"
    yield f"reads: {literal(operation.kind)},"
    for location, word in _WORDS:
        if location == "path":
            held = [(p, identifier) for p, identifier in arguments.path]
        else:
            held = [(p, _member("parameters", key)) for p, key in arguments.named if p.location == location]
        if held:
            yield from _object(word, [_property(p.name, _styled(p, source)) for p, source in held])
    if operation.body is not None:
        yield "body,"
        yield f"sends: {literal(operation.body.kind)},"
        if operation.body.kind != "multipart" and operation.body.media_type != "application/json":
            yield f"mediaType: {literal(operation.body.media_type)},"
    if operation.keyed:
        yield "keyed: true,"
    if operation.paging:
        yield from _paging(operation)


def _object(word: str, members: Sequence[str]) -> list[str]:
    """`word: { … },`, a line per member where there are more than one."""
    if len(members) == 1 and len(members[0]) + len(word) < WIDTH - 20:
        return [f"{word}: {{ {members[0]} }},"]
    return [f"{word}: {{", *(f"  {member}," for member in members), "},"]


def _property(name: str, value: str) -> str:
    key = key_of(name)
    return key if key == value else f"{key}: {value}"


def _member(holder: str, key: str) -> str:
    written = key_of(key)
    return f"{holder}.{written}" if written == key else f"{holder}[{literal(key)}]"


def _styled(parameter: Parameter, source: str) -> str:
    style, explode = parameter.style, parameter.explode
    usual_style, usual_explode = _USUAL[parameter.location]
    if (not style or style == usual_style) and (explode is None or explode == usual_explode):
        return source
    if explode is None:
        explode = style in ("form", "deepObject")
    return f"styled({source}, {literal(style or usual_style)}, {'true' if explode else 'false'})"


def _paging(operation: Operation) -> Iterator[str]:
    paging = operation.paging
    assert paging is not None
    yield "paging: {"
    yield f"  style: {literal(paging.style)},"
    yield f"  parameter: {literal(paging.parameter)},"
    for word, place in (("items", paging.items), ("next", paging.next), ("more", paging.more)):
        if place or word == "items":
            yield f"  {word}: [{', '.join(map(literal, place))}],"
    yield "},"
