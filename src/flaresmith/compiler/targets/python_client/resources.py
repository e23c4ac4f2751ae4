"""The modules of operations: one per group, with a function that describes each call and the classes that send it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flaresmith.compiler import naming
from flaresmith.compiler.clients import Group, Operation
from flaresmith.compiler.model import File, Parameter
from flaresmith.compiler.python.layout import Node, after, call, docstring, flat, header, text, tuple_of
from flaresmith.compiler.surroundings import Surroundings
from flaresmith.compiler.targets.python_client.annotations import Annotator, union
from flaresmith.compiler.targets.python_client.imports import imports_of
from flaresmith.compiler.targets.python_client.written import lines

# What a parameter of this name would hide inside its function.
_SHADOWED = frozenset(
    {"body", "self", "cls", "models", "list", "dict", "str", "int", "float", "bool", "bytes", "datetime"}
)
_RESERVED_METHODS = frozenset({"sender"})
_CLASSES = frozenset(
    {"Any", "AsyncListMethod", "AsyncMethod", "AsyncResource", "Binary", "Call", "Decimal", "ListMethod", "Literal"}
    | {"Method", "PagedCall", "Paging", "Resource", "Styled", "UUID", "Upload", "None", "True", "False"}
    | {"AsyncClient", "Client", "AsyncSender", "SyncSender", "Options", "Retries"}
)
_WORDS = (("path", "parameters"), ("query", "query"), ("header", "headers"), ("cookie", "cookies"))
_USUAL = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False), "cookie": ("form", True)}

Arguments = list[tuple[Parameter, str]]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the groups: the module, which is also the client's attribute, and the class."""

    modules: Mapping[str, str]
    classes: Mapping[str, str]


def group_names(groups: tuple[Group, ...], reserved: frozenset[str]) -> Names:
    """The names of all groups; none is given twice, nor to what the client has already."""
    keys = [group.name for group in groups]
    modules = naming.distinct(map(_plain, keys), reserved)
    wanted = map(naming.pascal, keys)
    stems = [f"{name}Group" if name.startswith("Async") else name for name in wanted]
    classes = naming.distinct(stems, _CLASSES)
    return Names(dict(zip(keys, modules, strict=True)), dict(zip(keys, classes, strict=True)))


def _plain(name: str) -> str:
    snake = naming.snake(name).strip("_") or "unnamed"
    return f"{snake}_" if snake in naming.PYTHON_RESERVED else snake


def group_file(
    group: Group, names: Names, annotator: Annotator, around: Surroundings, folder: str, target: str
) -> File:
    """The module of one group; one that only an entity explains is made again when something around that changes."""
    made = partial(_file, group, names, annotator, folder, target)
    chosen = (names.classes[group.name], names.modules[group.name])
    return around.remembered(f"{target} group", group.entity, made, *chosen) if group.entity else made()


def _file(group: Group, names: Names, annotator: Annotator, folder: str, target: str) -> File:
    methods = naming.distinct((_plain(operation.id) for operation in group.operations), _RESERVED_METHODS)
    listed = list(zip(methods, group.operations, strict=True))
    used: set[str] = set()
    blocks = [_function(name, operation, annotator, used) for name, operation in listed]
    stem = names.classes[group.name]
    blocks += [_class(stem, "", group.name, listed), _class(f"Async{stem}", "Async", group.name, listed)]
    body = "\n\n\n".join("\n".join(block) for block in blocks)
    sources = {operation.endpoint.source.file: operation.endpoint.source for operation in group.operations}
    head = header(f"Operations of {group.name}.", group.requirements, sources.values())
    code = "\n".join([*head, "", *imports_of(sorted(used | _methods(group))), "", "", body]) + "\n"
    path = f"{folder}/{names.modules[group.name]}.py"
    return File(path, code, target, group.requirements, tuple(sources.values()))


def _class(name: str, kind: str, group: str, operations: list[tuple[str, Operation]]) -> list[str]:
    said = docstring(f"The operations of {group}, {'without blocking' if kind else 'answered at once'}.", indent=4)
    members = [
        line
        for method, operation in operations
        for line in lines(call(f"{method} = {kind}{'ListMethod' if operation.paging else 'Method'}(", f"_{method}"), 4)
    ]
    return [f"class {name}({kind}Resource):", *said, "", *members]


def _methods(group: Group) -> set[str]:
    """The names that the classes of a group use."""
    kinds = {"ListMethod" if operation.paging else "Method" for operation in group.operations}
    return {f"{kind}{name}" for name in (*kinds, "Resource") for kind in ("", "Async")}


def _function(name: str, operation: Operation, annotator: Annotator, used: set[str]) -> list[str]:
    """The function that describes the call of one operation; what it uses joins `used`."""
    arguments = _arguments(operation)
    answer = _answer(operation, annotator)
    kind: Node = call("Call[", answer, close="]")
    item: Node = "Any"
    if operation.paging:
        item = annotator.annotation(operation.paging.item, f"{operation.id} Item")
        kind = call("PagedCall[", answer, item, close="]")
    signature = _signature(operation, arguments, annotator)
    made = _call(operation, arguments, answer, item)
    used.add(flat(kind))
    used.update(flat(each).partition(": ")[2] for each in signature)
    used.update(_called(operation))
    return [*_head(name, signature, kind), *_says(operation), *lines(after("return ", made), 4)]


def _called(operation: Operation) -> list[str]:
    """The names that describing a call uses besides types."""
    styled = ["Styled"] if any(_styled(parameter, "") for parameter in operation.parameters) else []
    return [*styled, "PagedCall" if operation.paging else "Call", *(["Paging"] if operation.paging else [])]


def _head(name: str, items: list[Node], kind: Node) -> list[str]:
    """`def _name(…) -> kind:`, broken where it is too long."""
    opening = f"def _{name}("
    if not items:
        return lines(after(f"{opening}) -> ", kind, ":"))
    made = lines(call(opening, *items, close=f") -> {flat(kind)}:"))
    return [*made[:-1], *lines(after(") -> ", kind, ":"))] if len(made) > 1 else made


def _arguments(operation: Operation) -> Arguments:
    wanted = (_argument(parameter.name) for parameter in operation.parameters)
    return list(zip(operation.parameters, naming.distinct(wanted, _SHADOWED), strict=True))


def _argument(name: str) -> str:
    plain = _plain(name)
    return f"{plain}_" if plain in _SHADOWED else plain


def _answer(operation: Operation, annotator: Annotator) -> Node:
    """The type of a success."""
    if operation.kind != "json":
        return {"text": "str", "binary": "bytes"}.get(operation.kind, "None")
    nodes = [annotator.annotation(schema, f"{operation.id} Response") for schema in operation.answers]
    return union([*nodes, "None"] if operation.may_be_empty else nodes)


def _signature(operation: Operation, arguments: Arguments, annotator: Annotator) -> list[Node]:
    """Path parameters and the body by position, all others by name, those that must be given first."""
    found: list[Node] = [_taken(operation, p, name, annotator) for p, name in arguments if p.location == "path"]
    if operation.body is not None:
        node = _body(operation, annotator)
        found.append(after("body: ", node if operation.body.required else union([node, "None"])))
        found[-1] = found[-1] if operation.body.required else after("", found[-1], " = None")
    named = [(p, name) for p, name in arguments if p.location != "path"]
    found += ["*"] if named else []
    ordered = sorted(named, key=lambda each: not each[0].required)
    return found + [_taken(operation, p, name, annotator) for p, name in ordered]


def _taken(operation: Operation, parameter: Parameter, name: str, annotator: Annotator) -> Node:
    node = annotator.annotation(parameter.schema, f"{operation.id} {parameter.name}")
    node = union(["UUID", "str"]) if node == "UUID" else node
    if parameter.required:
        return after(f"{name}: ", node)
    return after(f"{name}: ", node if node == "Any" else union([node, "None"]), " = None")


def _body(operation: Operation, annotator: Annotator) -> Node:
    body = operation.body
    assert body is not None
    if body.kind in ("text", "binary"):
        return "str" if body.kind == "text" else "bytes"
    return annotator.annotation(body.schema, f"{operation.id} Request")


def _says(operation: Operation) -> list[str]:
    endpoint = operation.endpoint
    summary = endpoint.summary or endpoint.description or operation.id
    ids = ", ".join(sorted(set(endpoint.requirements)))
    more = endpoint.description if endpoint.description != summary else ""
    where = f"`{endpoint.method} {endpoint.path}`." + (f" Requirements: {ids}." if ids else "")
    return docstring(f"{summary.rstrip('. ')}.", more, where, indent=4)


def _call(operation: Operation, arguments: Arguments, answer: Node, item: Node) -> Node:
    """`Call("GET", "/loans/{id}", returns=models.Loan, …)`."""
    made: list[Node] = [text(operation.endpoint.method), text(operation.endpoint.path)]
    made.append(after("returns=", answer) if operation.kind == "json" else f'reads="{operation.kind}"')
    for location, word in _WORDS:
        if held := [(p, name) for p, name in arguments if p.location == location]:
            members = [after(f"{text(p.name)}: ", _styled(p, name)) for p, name in held]
            made.append(call(f"{word}={{", *members, close="}"))
    made += _sent(operation)
    if operation.paging is None:
        return call("Call(", *made)
    return call("PagedCall(", *made, after("item=", item), _paging(operation))


def _styled(parameter: Parameter, name: str) -> Node:
    """The argument, with the way it is written where that is not the usual one."""
    style, explode = parameter.style, parameter.explode
    usual_style, usual_explode = _USUAL[parameter.location]
    if (not style or style == usual_style) and (explode is None or explode == usual_explode):
        return name
    if explode is None:
        explode = style == "form" or style == "deepObject"
    return call("Styled(", name, text(style or usual_style), repr(explode))


def _sent(operation: Operation) -> list[Node]:
    found: list[Node] = []
    if operation.body is not None:
        found.append("body=body")
        found += [f'sends="{operation.body.kind}"'] if operation.body.kind != "json" else []
        usual = operation.body.kind == "multipart" or operation.body.media_type == "application/json"
        found += [] if usual else [f"media_type={text(operation.body.media_type)}"]
    return [*found, "keyed=True"] if operation.keyed else found


def _paging(operation: Operation) -> Node:
    paging = operation.paging
    assert paging is not None
    made: list[Node] = [text(paging.style), text(paging.parameter)]
    for word, place in (("items", paging.items), ("next", paging.next), ("more", paging.more)):
        if place:
            made.append(tuple_of(f"{word}=(", *map(text, place)))
    return call("paging=Paging(", *made)
