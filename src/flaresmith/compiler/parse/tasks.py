"""`tasks.md`: checkboxes, headings, rows and work packages, with the requirements they cite and the files they name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flaresmith.compiler.citations import cited
from flaresmith.compiler.model import Source, Task
from flaresmith.compiler.parse.markdown import Bullet, Heading, Prose, Table, blocks, flat, plain

_BOX = re.compile(r"^\[([ xX✓✔~/-]?)\]\s*")
_ID = re.compile(
    r"^[*_`~]{0,4}(?:(?:Task|Tarea|T[âa]che|Tarefa|任务|任務|タスク|작업|Задача|Work Package)\s+#?)?"
    r"((?:T|WP|TASK-)-?\d{1,4}(?:\.\d{1,3}){0,2}[a-z]?"
    r"|(?<=\s)\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?)(?![\w.]*[–—-]?[A-Z]?\d)(?!\w)",
    re.I,
)
_MARK = re.compile(
    r"^[*_`\s:.：—–-]*(?:\[(P|Parallel)\]|\[((?:US|Story|Spec|S|US-)[-:\s#]*[\w.-]{1,12})\]"
    r"|\[([^\[\]]{1,24})\](?!\()|[⚠🎯✅❌⏳🔄🚧️⭐🔴🟡🟢️]+)",
    re.I,
)
_TICKED = re.compile(r"`([^`\s]{2,200})`")
_EXTENSION = (
    r"(?:py|pyi|ts|tsx|js|jsx|mjs|cjs|vue|svelte|astro|go|rs|java|kt|kts|swift|dart|rb|php|cs|fs|cpp|cc|c|h|hpp|m"
    r"|scala|ex|exs|sql|prisma"
    r"|graphql|gql|proto|html|css|scss|sass|less|md|mdx|rst|txt|json|jsonc|yaml|yml|toml|ini|cfg|conf|env|xml"
    r"|gradle|properties|lock|sh|bash|ps1"
    r"|bat|tf|arb|csv|feature|ipynb|sol|gitignore|dockerignore|editorconfig|nvmrc|csproj|sln|plist|svg|png)"
)
_PATH = re.compile(r"\.?/?[\w.@()\[\]*{}$+-]{1,80}(?:/[\w.@()\[\]*{}$+ -]{0,80}[\w.@()\[\]*{}$+-])*/?", re.A)
_NAMED = re.compile(rf"(?:[\w.-]{{0,80}}\.{_EXTENSION}|Dockerfile|Makefile|Procfile|\.[a-z][\w.-]{{1,30}})", re.A)
_BARE = re.compile(
    rf"(?<![\w/`:.@-])((?:[\w.@()\[\]-]{{1,60}}/){{1,12}}[\w.@()\[\]*-]{{0,80}}\.{_EXTENSION}"
    rf"|(?:[\w.@-]{{1,60}}/){{2,12}}|[\w-]{{1,60}}\.(?:py|ts|tsx|js|go|rs|dart|sql|json|yaml|yml|toml|md|html"
    rf"|css))(?![\w/-])",
    re.A,
)
_ROUTE = re.compile(r"^/(?:api|v\d|auth|users?|health)\b|\{|:\w")
_NO_TASKS = re.compile(
    r"dependenc|parallel|format|convention|strategy|notes?\b|summary|coverage|mapping|matrix|order|legend|overview"
    r"|execution flow"
    r"|dependencias|d[ée]pendances|depend[êe]ncias|依赖|依賴|依存|의존|зависимост|并行|並列|병렬",
    re.I,
)
LONGEST = 4000


def read_tasks(text: str, file: str) -> list[Task]:
    """The tasks of a document in order; every task keeps its line."""
    reader = _Reader(file)
    for block in blocks(text):
        if isinstance(block, Heading):
            reader.heading(block)
        elif isinstance(block, Bullet):
            reader.bullet(block)
        elif isinstance(block, Table):
            reader.table(block)
        elif isinstance(block, Prose):
            reader.prose(block)
    return reader.tasks


def paths_of(text: str) -> tuple[str, ...]:
    """The files and folders that a task names, in ticks or bare."""
    ticked = [match.group(1).strip(",;:") for match in _TICKED.finditer(text)]
    found = [path for path in ticked if _is_path(path)]
    found += [match.group(1).rstrip(".") for match in _BARE.finditer(_TICKED.sub(" ", text))]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Line:
    """The beginning of a task's line, taken apart."""

    id: str
    boxed: bool
    done: bool
    parallel: bool
    story: str
    text: str


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._phase = ""
        self._listing = True  # whether plain bullets with an id are tasks here
        self._known: set[str] = set()
        self.tasks: list[Task] = []

    def heading(self, heading: Heading) -> None:
        """A phase, or a task that has a heading of its own."""
        line = _taken_apart(heading.text)
        self._listing = not _NO_TASKS.search(heading.text)
        if line.id and line.id.upper() not in self._known and heading.level > 1:
            self._add(line, line.text, Source(self._file, heading.line, heading.level + 2))
            if line.id.upper().startswith("WP"):
                self._phase = plain(heading.text)[:200]
        elif heading.level > 1 and not re.match(r"#{0,4}\s*(?:tests?|implementation)\b", heading.text, re.I):
            self._phase = plain(heading.text)[:200]

    def bullet(self, bullet: Bullet) -> None:
        """A checkbox, or an item that begins with a new id; what stands below it may cite and name more."""
        line = _taken_apart(bullet.text)
        if line.boxed or (line.id and self._listing and self._is_new(line)):
            own = [child for child in bullet.children if not self._is_task(child)]
            whole = " ".join([bullet.text, *(below.text for below in flat(own))])
            self._add(line, whole, Source(self._file, bullet.line, bullet.column))
        for child in bullet.children:
            self.bullet(child)

    def table(self, table: Table) -> None:
        """Rows that begin with an id."""
        for row in table.rows:
            line = _taken_apart(row.cells[0])
            if (
                len(row.cells) > 1
                and line.id
                and self._listing
                and not line.text
                and line.id.upper() not in self._known
            ):
                text = " — ".join(cell for cell in row.cells[1:] if cell)
                done = any(
                    plain(cell).lower() in ("done", "✅", "x", "[x]", "complete", "completed") for cell in row.cells
                )
                self._add(replace(line, text=text, done=done), text, Source(self._file, row.line, 3))

    def prose(self, block: Prose) -> None:
        """`**T001**: text` on a line of its own; lines below a task's heading belong to it."""
        line = _taken_apart(block.text)
        if line.id and block.text[:2] == "**" and self._listing and self._is_new(line) and line.text:
            self._add(line, block.text, Source(self._file, block.line))

    def _is_task(self, bullet: Bullet) -> bool:
        return _BOX.match(bullet.text) is not None

    def _is_new(self, line: _Line) -> bool:
        return line.id.upper() not in self._known and bool(line.text or line.boxed)

    def _add(self, line: _Line, whole: str, source: Source) -> None:
        self._known.add(line.id.upper())
        self.tasks.append(
            Task(
                line.id,
                plain(line.text)[:LONGEST],
                source,
                done=line.done,
                parallel=line.parallel,
                story=line.story,
                phase=self._phase,
                requirements=cited(whole[: LONGEST * 2]),
                paths=paths_of(whole[: LONGEST * 2]),
            )
        )


def _taken_apart(text: str) -> _Line:
    text = text[: LONGEST * 2]
    box = _BOX.match(text)
    rest = text[box.end() :] if box else text
    identifier, rest = _identified(rest)
    parallel, story = False, ""
    while match := _MARK.match(rest):
        parallel = parallel or bool(match.group(1))
        story = story or _story_of(match.group(2) or match.group(3) or "")
        rest = rest[match.end() :]
    done = bool(box) and box is not None and box.group(1) in "xX✓✔" and box.group(1) != ""
    text = rest.strip(" *_`:.：—–-") if identifier else rest.strip()
    return _Line(identifier, box is not None, done, parallel, story or _in_brackets(rest), text)


def _identified(text: str) -> tuple[str, str]:
    """The id and what follows; `T001-T004` and `T001, T002` are about tasks and are none."""
    match = _ID.match(text)
    if match is None or re.match(
        r"[*_`]*\s*(?:[,/&+→]|->|and\b|or\b|to\b|through\b|before\b|after\b|[–—-]\s*T?\d)", text[match.end() :]
    ):
        return "", text
    if match.group(1)[0].isdigit() and not match.group(0).strip("*_`").startswith(tuple("TtWw任作タЗ")):
        return "", text
    return match.group(1), text[match.end() :]


def _story_of(mark: str) -> str:
    match = re.fullmatch(r"(?:US|Story|S)[-:\s#]*(\d{1,3}[a-z]?)", mark, re.I)
    return f"US{match.group(1)}" if match else ""


def _in_brackets(text: str) -> str:
    match = re.search(r"\((?:US|User Story |Story )[-#]?(\d{1,3}[a-z]?)\b", text)
    return f"US{match.group(1)}" if match else ""


def _is_path(text: str) -> bool:
    if "://" in text or (_ROUTE.search(text) and not _NAMED.search(text.rsplit("/", 1)[-1])):
        return False
    if "/" not in text:
        return bool(_NAMED.fullmatch(text)) and not text.startswith("..")
    if not _PATH.fullmatch(text) or text.startswith("/"):
        return False
    last = text.rstrip("/").rsplit("/", 1)[-1]
    return text.endswith("/") or bool(_NAMED.fullmatch(last)) or text.count("/") > 1 or text.split("/")[0] in _ROOTS


_ROOTS = frozenset(
    (
        "src",
        "app",
        "apps",
        "lib",
        "libs",
        "tests",
        "test",
        "docs",
        "packages",
        "pkg",
        "cmd",
        "internal",
        "server",
        "client",
    )
)
