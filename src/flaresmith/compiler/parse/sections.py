"""A document as a tree: each heading with the blocks below it and the headings under it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flaresmith.compiler.parse.markdown import Block, Heading


@dataclass(slots=True)
class Section:
    """A heading (None for what stands before the first one), its own blocks, and its sub-sections."""

    heading: Heading | None
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)


def tree(found: list[Block]) -> Section:
    """The sections of a document below one root."""
    root = Section(None)
    open_sections = [root]
    for block in found:
        if not isinstance(block, Heading):
            open_sections[-1].blocks.append(block)
            continue
        while len(open_sections) > 1 and _level(open_sections[-1]) >= block.level:
            open_sections.pop()
        section = Section(block)
        open_sections[-1].children.append(section)
        open_sections.append(section)
    return root


def _level(section: Section) -> int:
    return section.heading.level if section.heading else 0
