"""Markdown of strangers as HTML that can do nothing: no raw HTML, no images, no scripts, links of known kinds only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from htpy import Element, div, pre
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from flaresmith.ui.text import safe_href, visible

LONGEST = 200_000


def markdown(text: str, *, level: int = 2) -> Element:
    """CommonMark with tables. The highest heading becomes `level`; text over 200,000 characters is shown as it is."""
    if len(text) > LONGEST:
        return pre(".log", tabindex="0")[visible(text)]
    return div(".prose", dir="auto")[Markup(_parser().render(visible(text), {"level": level}))]  # noqa: S704


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table").disable("image")
    parser.validateLink = lambda url: safe_href(url) is not None  # type: ignore[method-assign]
    return parser


class _Renderer(RendererHTML):
    """markdown-it's renderer without inline styles, which our content security policy would refuse."""

    def heading_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return f"<{_heading(tokens, index, env)}>"

    def heading_close(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return f"</{_heading(tokens, index, env)}>\n"

    def link_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        tokens[index].attrSet("rel", "noopener noreferrer nofollow")
        return self.renderToken(tokens, index, options, env)

    def th_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return self.td_open(tokens, index, options, env)

    def td_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        style = str(tokens[index].attrs.pop("style", ""))
        if style:
            tokens[index].attrSet("class", style.removeprefix("text-align:"))
        return self.renderToken(tokens, index, options, env)


def _heading(tokens: Sequence[Token], index: int, env: EnvType) -> str:
    """The tag of a heading, moved down so that the page keeps its one h1 and no level is skipped at the start."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    return f"h{min(int(tokens[index].tag[1]) - min(levels) + int(env['level']), 6)}"
