"""User stories in each of their forms: numbered headings, bullets, rows, `As a …` headings, the one primary story."""

from __future__ import annotations

import re

from flaresmith.compiler.model import Source, Story
from flaresmith.compiler.parse.markdown import plain
from flaresmith.compiler.parse.story import words

_AS = re.compile(
    r"^(?:as an?\s|as the\s|como (?:una?|el|la|um|uma)\s|en tant qu|作为|作為|身为|я,? как|как [а-я]+,)"
    r"|^.{1,30}(?:として[、,]|(?:으)?로서[, ])",
    re.I,
)
_ABOUT = re.compile(
    r"^[*_`]{0,3}(?:why this priority|independent test|acceptance (?:scenarios?|criteria)|priority|status|scenarios?"
    r"|por qu[ée] esta prioridad|prueba independiente|escenarios de aceptaci[óo]n|pourquoi cette priorit[ée]"
    r"|test ind[ée]pendant"
    r"|sc[ée]narios d.acceptation|por que (?:esta|essa) prioridade|teste independente|cen[áa]rios de aceita[çc][ãa]o"
    r"|为什么|為什麼|为何|独立测试|獨立測試|验收场景|驗收場景|この優先度の理由|なぜこの優先度|独立テスト"
    r"|独立した?テスト|受け入れシナリオ|受入シナリオ"
    r"|우선순위|이 우선순위|독립 테스트|독립적? ?테스트|인수 시나리오|수용 시나리오|почему|независим"
    r"|сценарии при[её]мки)[^*\n]{0,40}[*_`]{0,3}\s*[:：]",
    re.I,
)


def numbered(text: str, source: Source) -> Story | None:
    """`User Story 1 - Title (Priority: P1)`, `US-007: Title`, `用户故事 1 - …`; None for other text."""
    match = words.STORY.match(plain(text))
    return _story(match.group(1), match.group(2), source) if match else None


def single(text: str, source: Source, number: int) -> Story | None:
    """`Primary User Story`, which has no number of its own."""
    match = words.UNNUMBERED_STORY.match(plain(text))
    return _story(str(number), match.group(1) or "", source) if match else None


def told(text: str, source: Source, number: int) -> Story | None:
    """`As a member, I want …`, where it stands for the story itself."""
    clean = plain(text)
    if not _AS.match(clean):
        return None
    title, priority = _priority(clean[:2000])
    return Story(str(number), title[:400], source, priority, clean[:4000])


def titled(text: str, source: Source, number: int) -> Story:
    """A heading below `User Stories` that has nothing but a title."""
    return _story(str(number), plain(text), source)


def is_narrative(text: str) -> bool:
    """Whether a line tells the story, rather than something about it."""
    return not _ABOUT.match(text)


def _story(number: str, rest: str, source: Source) -> Story:
    title, priority = _priority(rest[:600])
    return Story(number, title[:400], source, priority, title if _AS.match(title) else "")


def _priority(text: str) -> tuple[str, str]:
    match = words.PRIORITY.search(text)
    if match is None:
        return text.strip(" -–—:："), ""
    value = next(group for group in match.groups() if group)
    title = (text[: match.start()] + text[match.end() :]).strip(" -–—:：()（）[]")
    return title, value.upper().replace(" ", "") if value[:1] in "pP" else value.capitalize()
