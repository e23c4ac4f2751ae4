"""YAML as units: keys of block mappings and items of block sequences, nested; everything else as text."""

from __future__ import annotations

from itertools import pairwise

import yaml  # type: ignore[import-untyped]

from flaresmith.compiler.merge.units import Block, Unit, lines_of

_DEPTH = 40
_IDENTITIES = ("id", "operationId", "name", "key", "$ref")


def read(text: str) -> Block | None:
    """The units of a document; None where it is not one YAML document in block style."""
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        root = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(root, yaml.CollectionNode) or root.flow_style:
        return None
    lines = lines_of(text)
    found = _block(root, lines, 0, len(lines), 0)
    return found[1] if found else None


def _block(node: yaml.Node, lines: list[str], start: int, end: int, depth: int) -> tuple[int, Block] | None:
    """The first line of a collection and its block, which goes on to line `end`."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or depth > _DEPTH or not node.value:
        return None
    entries = [_entry(value) for value in node.value]
    places = [key.start_mark.line for key, _, _ in entries]
    if len(set(places)) != len(places) or places != sorted(places) or places[0] < start:
        return None
    cuts = [start, *(_lead_start(lines, before + 1, place) for before, place in pairwise(places))]
    units = []
    for (key, value, name), cut, after, place in zip(entries, cuts, [*cuts[1:], end], places, strict=True):
        units.append(_unit(key, value, name, lines, (cut, place, after), depth))
    return start, Block(tuple(units))


def _entry(value: object) -> tuple[yaml.Node, yaml.Node, str]:
    if isinstance(value, tuple):
        key, inner = value
        return key, inner, str(key.value) if isinstance(key, yaml.ScalarNode) else ""
    assert isinstance(value, yaml.Node)
    return value, value, _identity(value)


def _unit(
    key: yaml.Node, value: yaml.Node, name: str, lines: list[str], places: tuple[int, int, int], depth: int
) -> Unit:
    cut, place, after = places
    code = "".join(line.strip() + "\x1f" for line in lines[cut:after] if line.strip())
    code = f"{_indents(lines[cut:after])}{code}"
    inner = _block(value, lines, place + 1, after, depth + 1) if key is not value else None
    if inner is None:
        return Unit(name, ("".join(lines[cut:place]), "".join(lines[place:after])), code, cut + 1)
    first, block = inner
    head = ("".join(lines[cut:place]), "".join(lines[place:first]))
    return Unit(name, (*head, block), code, cut + 1)


def _indents(lines: list[str]) -> str:
    """Steps of indentation tell the structure; their width is layout."""
    depths = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    ranks = {depth: rank for rank, depth in enumerate(sorted(set(depths)))}
    return ".".join(str(ranks[depth]) for depth in depths) + "\x1f"


def _lead_start(lines: list[str], start: int, at: int) -> int:
    """Comments and blank lines right above a key belong to it."""
    while at > start and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    return at


def _identity(node: yaml.Node) -> str:
    if not isinstance(node, yaml.MappingNode):
        return ""
    members = {
        key.value: value.value
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
    }
    identity = next((members[name] for name in _IDENTITIES if name in members), "")
    return f"{members.get('in', '')} {identity}".strip() if identity else ""
