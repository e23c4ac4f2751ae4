"""Who uses the product: sections of roles and actors, tables of permissions, and `As a <role>, I want …`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flaresmith.compiler.model import Role, Source
from flaresmith.compiler.parse.findings import excerpt
from flaresmith.compiler.parse.markdown import Bullet, Table, flat, plain

_AS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"^as (?:an?|the) ([^,]{2,160}?)(?:,?\s+i\s+(?:want|need|can|would|expect|should|must|am|have|wish)\b"
        r"|,?\s+i['’]d\b|,?$)",
        r"^como (?:una?|el|la|um|uma)?\s?(.{2,120}?),?\s+(?:yo |eu )?(?:quiero|necesito|deseo|quero|preciso|desejo"
        r"|gostaria)",
        r"^en tant qu(?:e |['’])(.{2,120}?),?\s+(?:je|j['’])",
        r"^(?:作为|作為|身为)(?:一[个個名位])?\s?(.{1,40}?)[,，]?\s?我",
        r"^(.{1,40}?)として[、,]",
        r"^(.{1,40}?)(?:으)?로서[, ]",
        r"^(?:я,? )?как (.{2,60}?),? (?:я )?хо(?:чу|тел)",
    )
)
_CUT = re.compile(
    r"\s+(?:who|that|which|looking|interested|working|browsing|wanting|trying|using|with|in|on|at|from|for|when"
    r"|que|qui|avec|con|com)\b.*$",
    re.I | re.S,
)
_NAMED = re.compile(
    r"^(?:\*\*|`|__)([^*`\n]{1,80}?)\s*(?:\([^()]{0,80}\))?\s*[:：]?(?:\*\*|`"
    r"|__)\s*(?:\([^()]{0,120}\))?\s*[:：—–-]?\s*(.*)$",
    re.S,
)
_PLAIN = re.compile(r"^([^\W\d][\w /-]{1,50}?)\s*[:：—–]\s+(.+)$", re.S)
_ROLE_HEADER = re.compile(
    r"^(?:user |system )?(?:roles?|actors?|personas?|rol|acteur|papel|ator|角色|参与者|ロール|役割|アクター|역할"
    r"|роль)\b",
    re.I,
)
_RIGHT_HEADER = re.compile(
    r"^(?:permissions?|actions?|operations?|capabilit|features?|resources?|permisos?|acci[óo]n|权限|操作|権限|권한"
    r"|права)",
    re.I,
)
_RIGHTS = re.compile(
    r"permission|access|can\b|rights|capabilit|allowed|privileg|permiso|droits|权限|権限|권한|права", re.I
)
_YES = re.compile(r"^(?:[✓✔✅☑是〇○예]|(?:x|yes|y|true|full|allowed|s[ií]|oui|sim|да)\b).{0,40}$", re.I)
_SPLIT = re.compile(r"\s*(?:[;,、，]|<br ?/?>)\s*")
_TOO_LONG = 60


class Roles:
    """Collects roles by name; the first place that names one counts, later ones add to it."""

    def __init__(self) -> None:
        self._found: dict[str, Role] = {}

    def found(self) -> tuple[Role, ...]:
        """The roles in the order in which they were first named."""
        return tuple(self._found.values())

    def narrate(self, text: str, source: Source) -> None:
        """`As a member who …, I want …` names the role `member`."""
        clean = plain(text)[:600]
        for pattern in _AS:
            if match := pattern.match(clean):
                name = _CUT.sub("", match.group(1)).strip(" ,.*_`")
                if 1 <= len(name.split()) <= 5 and len(name) <= _TOO_LONG:
                    self._add(Role(name, source))
                return

    def bullet(self, bullet: Bullet, file: str) -> None:
        """`- **Admin**: may do everything`, its permissions below it."""
        match = _NAMED.match(bullet.text[:2000]) or _PLAIN.match(plain(bullet.text)[:2000])
        name = plain(match.group(1)).strip(" :") if match else plain(bullet.text).strip(" .:")
        if not name or len(name) > _TOO_LONG or (match is None and len(name.split()) > 3):
            return
        rights = tuple(excerpt(plain(child.text)) for child in flat(bullet.children))
        text = excerpt(plain(match.group(2))) if match else ""
        self._add(Role(name, Source(file, bullet.line, bullet.column), text, rights))

    def heading(self, title: str, source: Source) -> None:
        """A heading below `Roles`."""
        name = re.sub(r"^\d+(?:\.\d+)*[.)]?\s+|\s*\([^()]*\)$", "", plain(title)).strip(" :")
        if name and len(name) <= _TOO_LONG and len(name.split()) <= 4:
            self._add(Role(name, source))

    def table(self, table: Table, file: str) -> bool:
        """A row for each role, or a column for each; False where a table is about something else."""
        if len(table.rows) < 2 or not (header := [plain(cell) for cell in table.rows[0].cells]):
            return False
        found = list(_by_row(table, header, file) if _ROLE_HEADER.match(header[0]) else _by_column(table, header, file))
        for role in found:
            self._add(role)
        return bool(found)

    def _add(self, role: Role) -> None:
        key = role.name.casefold()
        known = self._found.get(key)
        if known is None:
            self._found[key] = role
            return
        rights = tuple(dict.fromkeys((*known.permissions, *role.permissions)))
        self._found[key] = replace(known, description=known.description or role.description, permissions=rights)


def _by_row(table: Table, header: list[str], file: str) -> Iterator[Role]:
    rights = next((place for place, title in enumerate(header) if place and _RIGHTS.search(title)), None)
    told = next((place for place in range(1, len(header)) if place != rights), None)
    for row in table.rows[1:]:
        cells = [plain(cell) for cell in row.cells] + [""] * len(header)
        if cells[0] and len(cells[0]) <= _TOO_LONG:
            yield Role(
                cells[0],
                Source(file, row.line, 3),
                excerpt(cells[told]) if told is not None else "",
                tuple(_parts(cells[rights])) if rights is not None else (),
            )


def _by_column(table: Table, header: list[str], file: str) -> Iterator[Role]:
    if not _RIGHT_HEADER.match(header[0]) or len(header) < 2 or not _is_matrix(table):
        return
    for place, name in enumerate(header[1:], start=1):
        held = [row for row in table.rows[1:] if place < len(row.cells) and _YES.match(plain(row.cells[place]))]
        if name and len(name) <= _TOO_LONG:
            rights = tuple(excerpt(plain(row.cells[0])) for row in held)
            yield Role(name, Source(file, table.rows[0].line, 3), "", rights)


def _is_matrix(table: Table) -> bool:
    cells = [plain(cell) for row in table.rows[1:] for cell in row.cells[1:]]
    short = [cell for cell in cells if len(cell) <= 12]
    return bool(cells) and len(short) * 10 >= len(cells) * 8 and any(_YES.match(cell) for cell in cells)


def _parts(text: str) -> Iterable[str]:
    return (excerpt(part) for part in _SPLIT.split(text[:2000]) if part.strip(" -—"))
