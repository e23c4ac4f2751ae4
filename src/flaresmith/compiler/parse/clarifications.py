"""Questions asked of a spec: `Q: … → A: …` by session, `[NEEDS CLARIFICATION: …]` anywhere, open questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from flaresmith.compiler.model import Clarification, Source
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.markdown import Bullet, Row, plain

_Q = (
    r"(?:Q(?:uestion)?\s?\d{0,3}|P(?:regunta)?\s?\d{0,3}|问题?\s?\d{0,3}|問題?\s?\d{0,3}|질문\s?\d{0,3}"
    r"|В(?:опрос)?\s?\d{0,3})"
)
_A = r"(?:A(?:nswer)?|R(?:espuesta|[ée]ponse|esposta)?|答案?|回答|答え|답변?|О(?:твет)?)"
_QUESTION = re.compile(rf"^{_Q}\s*[:：.]\s*(.+)$", re.S | re.I)
_ANSWER = re.compile(rf"^{_A}\s*[:：]\s*(.+)$", re.S | re.I)
_ARROW = re.compile(rf"\s*(?:→|->|=>|⇒|—>)\s*(?:{_A}\s*[:：]\s*)?|(?<=[?？.。])\s*{_A}\s*[:：]\s*", re.I)
_SESSION = re.compile(
    r"^(?:(?:clarification\s+)?session|sesi[óo]n|s[ée]ance|sess[ãa]o|会话|會話|会议|會議|セッション|세션"
    r"|сессия)\s*[:：-]?\s*(.*)$",
    re.I,
)
_WORDS = (
    r"NEEDS?[ _]CLARIFICATIONS?|TO BE CLARIFIED|NECESITA (?:ACLARACI[ÓO]N|CLARIFICACI[ÓO]N)|REQUIERE ACLARACI[ÓO]N"
    r"|[ÀA] CLARIFIER"
    r"|(?:BESOIN DE|N[ÉE]CESSITE (?:UNE )?) ?CLARIFICATION|(?:PRECISA|NECESSITA)(?: DE)? ESCLARECIMENTO|需要澄清"
    r"|待澄清|需澄清|要明確化|要確認"
    r"|明確化が必要|명확화 ?필요|확인 ?필요|(?:ТРЕБУЕТ(?:СЯ)?|НУЖНО) УТОЧНЕНИ[ЕЯ]"
)
_MARK = re.compile(rf"\[\s*(?:{_WORDS})\s*(?:[:：—–-]\s*([^\]\n]{{0,2000}})|\s([^\]\n]{{0,2000}}))?(\]|$)", re.I | re.M)
_ABOUT_MARKS = re.compile(
    r"^\s*(?:[-*+]|\d+[.)])?\s*\[[ xX✓]\]|\b(?:no|any|all|zero|without|mark(?:ed|s)?|remaining|unresolved|use"
    r"|using|add|with)\s+$"
    r"|^\s*(?:\d+\.|→|->).{0,80}\bmark\b",
    re.I,
)

_LOOKED_AT = 300  # characters before a mark that tell what it is


def session_of(title: str) -> str | None:
    """The date that a heading `Session 2025-07-25` names, or None where it is no session."""
    match = _SESSION.match(plain(title))
    return match.group(1).strip()[:80] if match else None


def of_bullets(bullets: Sequence[Bullet], file: str, session: str) -> Iterator[Clarification]:
    """Questions with their answers: on one bullet, on the next one, or on the one below."""
    waiting: Clarification | None = None
    for bullet in bullets:
        source, text = Source(file, bullet.line, bullet.column), plain(bullet.text)
        if waiting is not None and (answer := _ANSWER.match(text)):
            yield _answered(waiting, answer.group(1))
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = _asked(text, source, session)
        if waiting is not None and not waiting.answer and (below := _answer_below(bullet)):
            waiting = _answered(waiting, below)
    if waiting is not None:
        yield waiting


def of_rows(rows: Iterable[Row], file: str, session: str) -> Iterator[Clarification]:
    """The rows of a table of questions and answers, its header left out."""
    for row in rows:
        cells = [plain(cell) for cell in row.cells]
        at = next((place for place, cell in enumerate(cells) if cell.endswith(("?", "？"))), None)
        if at is not None:
            answer = cells[at + 1] if at + 1 < len(cells) else ""
            yield Clarification(cells[at][:2000], Source(file, row.line, 3), answer.strip(" -—–")[:2000], session)


def marks(text: str, file: str, findings: Findings) -> list[Clarification]:
    """Every `[NEEDS CLARIFICATION: …]` that is meant, each with a warning; a checklist only talks about them."""
    found: list[Clarification] = []
    for match in _MARK.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        before = text[max(start, match.start() - _LOOKED_AT) : match.start()]
        question = (match.group(1) or match.group(2) or "").strip()
        if (
            before.count("`") % 2
            or before.count("~~") % 2
            or "- ~~" in before
            or (not question and _is_about(before, text, match.end()))
        ):
            continue
        question = question or plain(before).strip(" -*:")
        source = Source(file, text.count("\n", 0, match.start()) + 1, match.start() - start + 1)
        found.append(Clarification(question[:2000], source))
        _report(question, source, findings)
    return found


def open_questions(bullets: Sequence[Bullet], file: str, findings: Findings) -> Iterator[Clarification]:
    """The bullets of a section of open questions that ask something and have no answer."""
    for bullet in bullets:
        text = plain(bullet.text)
        if "?" not in text and "？" not in text:
            continue
        source = Source(file, bullet.line, bullet.column)
        asked = _asked(text, source, "") or Clarification(text[:2000], source)
        answer = asked.answer or _answer_below(bullet)
        if not answer and not text.startswith("[x]"):
            _report(text, source, findings)
        yield _answered(asked, answer) if answer else asked


def _report(question: str, source: Source, findings: Findings) -> None:
    findings.warning(
        "needs-clarification",
        f"an open question is left: {excerpt(question) or 'it is not said which'}",
        source,
        "answer it, and remove the [NEEDS CLARIFICATION] mark",
    )


def _is_about(before: str, text: str, end: int) -> bool:
    return bool(_ABOUT_MARKS.search(before)) or bool(re.match(r"\s*(?:markers?|tags?|items?)\b", text[end : end + 20]))


def _asked(text: str, source: Source, session: str) -> Clarification | None:
    match = _QUESTION.match(text)
    body = match.group(1) if match else text
    parts = _ARROW.split(body, maxsplit=1)
    if match is None and (len(parts) < 2 or not parts[0].rstrip().endswith(("?", "？"))):
        return None
    answer = _ANSWER.sub(r"\1", parts[1].strip()) if len(parts) > 1 else ""
    return Clarification(parts[0].strip()[:2000], source, answer[:2000], session)


def _answer_below(bullet: Bullet) -> str:
    for child in bullet.children:
        if match := _ANSWER.match(plain(child.text)):
            return match.group(1)
        if (parts := re.match(r"^(?:→|->|=>)\s*(.+)$", plain(child.text), re.S)) is not None:
            return parts.group(1)
    return ""


def _answered(asked: Clarification, answer: str) -> Clarification:
    return Clarification(asked.question, asked.source, answer.strip()[:2000], asked.session)
