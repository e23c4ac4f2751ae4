"""Hand edits against spec changes: what survives, what conflicts, what parses; beside `copier update`.

Run `python benchmarks/merge.py [edits] [changes]` (200 × 20 by default). Every edit leaves a mark in one file of the
example's generated code; every change alters the example's specs. A pair is good when the mark is in the result or in
a reported conflict, every generated change is in the result or in a reported conflict, and the result parses.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from flaresmith.compiler.build import Build, build
from flaresmith.compiler.merge import Comparison, compare, known_bases, needed_bases, syntax
from flaresmith.compiler.merge.units import lines_of

EXAMPLE = Path(__file__).parents[1] / "examples" / "tool-library" / "specs"
COPIER = "copier==9.19.*"
COPIER_CHANGES = 5  # each makes a template and a project of its own, which takes half a minute
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Edit:
    """A hand edit of one file: its kind, the file, the result and the mark that it leaves; "" where it leaves none."""

    kind: str
    path: str
    text: str
    mark: str
    gone: str = ""  # what a deletion took away


@dataclass
class Score:
    """What came of all pairs."""

    pairs: int = 0
    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    conflicts: int = 0
    touched: int = 0
    seconds: float = 0.0
    by_kind: Counter[str] = field(default_factory=Counter)


def specs() -> dict[str, bytes]:
    """The documents of the example."""
    return {p.relative_to(EXAMPLE).as_posix(): p.read_bytes() for p in sorted(EXAMPLE.rglob("*")) if p.is_file()}


def generated(made: Build) -> dict[str, str]:
    """Path to text of everything a build made."""
    return {file.path: file.text for file in made.files}


def changed_specs(count: int) -> list[tuple[str, dict[str, bytes]]]:
    """Ways in which the specs go on: fields that come, go, widen or become required, entities, requirements."""
    documents = specs()
    model = next(path for path in documents if path.endswith("001-catalogue/data-model.md"))
    other = next(path for path in documents if path.endswith("002-lending/data-model.md"))
    found = []
    for number, (words, path, change) in enumerate(_changes(model, other)):
        text = documents[path].decode()
        made = change(text)
        if made == text:
            raise SystemExit(f"spec change {number} ({words}) changes nothing")
        whole = {**documents, path: made.encode()}
        if number % 2:  # every other change goes through all entities
            words += ", and a field for every entity"
            whole |= {each: _everywhere(whole[each].decode(), number).encode() for each in (model, other)}
        found.append((words, whole))
    return [found[index % len(found)] for index in range(count)]


def _changes(model: str, other: str) -> Iterator[tuple[str, str, Callable[[str], str]]]:
    for name, facts in (
        ("color", "string, max 20) OPTIONAL"),
        ("barcode", "string, unique) REQUIRED"),
        ("stock", "integer, 0..1000) REQUIRED, default 0"),
        ("lastSeenAt", "datetime) OPTIONAL"),
        ("grade", "enum: a|b|c) REQUIRED, default a"),
        ("note", "text) OPTIONAL"),
        ("manual", "uri) OPTIONAL"),
    ):
        yield f"add {name}", model, lambda text, n=name, f=facts: _with_field(text, f"- {n} ({f}")  # type: ignore[misc]
        yield f"add {name} to lending", other, lambda text, n=name, f=facts: _with_field(text, f"- {n} ({f}")  # type: ignore[misc]
    yield "drop a field", model, lambda text: _without_field(text)
    yield "widen every text", model, lambda text: re.sub(r"(?<=\.\.)(\d+)\b|(?<=max )(\d+)\b", _more, text)
    yield (
        "new entity",
        model,
        lambda text: text + "\n### Shelf\n\n- id (uuid, pk) REQUIRED\n- label (string) REQUIRED\n",
    )
    yield "describe", model, lambda text: re.sub(r"(### \w+\n\n)", r"\1Said anew in other words. ", text)
    yield "new entity in lending", other, lambda text: text + "\n### Fine\n\n- id (uuid, pk) REQUIRED\n- cents (integer, 0..9999) REQUIRED\n"  # fmt: skip  # noqa: E501
    yield "narrow a text", model, lambda text: re.sub(r"\b80\b", "70", text, count=1)


def _more(number: re.Match[str]) -> str:
    return str(int(number[0]) + 20)


def _with_field(text: str, line: str) -> str:
    """The text with one more field at the end of its second entity."""
    place = [match.end() for match in re.finditer(r"^- [a-zA-Z]+ \(.*\n", text, re.MULTILINE)]
    last = next((a for a, b in zip(place, [*place[1:], 0], strict=True) if text[a : a + 2] != "- "), place[-1])
    return text[:last] + line + "\n" + text[last:]


def _everywhere(text: str, number: int) -> str:
    """The text with one more field at the end of each of its entities."""
    ends = re.finditer(r"^- [a-zA-Z]+ \(.*\n(?!- |  )", text, re.MULTILINE)
    for end in reversed([match.end() for match in ends]):
        text = f"{text[:end]}- extra{number} (string, max 40) OPTIONAL\n{text[end:]}"
    return text


def _without_field(text: str) -> str:
    optional = [match[0] for match in re.finditer(r"^- [a-zA-Z]+ \(.*OPTIONAL.*\n", text, re.MULTILINE)]
    return text.replace(optional[0], "", 1)


def edits(files: Mapping[str, str], count: int, hot: Collection[str] = (), seed: int = 7) -> list[Edit]:
    """That many edits, each of another kind in turn, over the generated tree; two of three in `hot` files if any."""
    chance = random.Random(seed)
    kinds = list(_KINDS)
    found: list[Edit] = []
    number = 0
    while len(found) < count:
        kind = kinds[number % len(kinds)]
        number += 1
        near = {path: text for path, text in files.items() if path in hot} if number % 3 else files
        made = _edited(kind, near, f"handmade_{number}", chance) or _edited(kind, files, f"handmade_{number}", chance)
        found += [made] if made else []
    return found


def _edited(kind: str, files: Mapping[str, str], mark: str, chance: random.Random) -> Edit | None:
    pattern, change = _KINDS[kind]
    paths = [path for path in sorted(files) if re.search(pattern, path) and "migrations/" not in path]
    for path in chance.sample(paths, min(len(paths), 8)):
        text, gone = change(files[path], mark, chance)
        if text != files[path]:
            return Edit(kind, path, text, "" if gone else mark, gone)
    return None


Changed = tuple[str, str]  # the text, and what was taken away from it


def _add_method(text: str, mark: str, chance: random.Random) -> Changed:
    place = re.search(r"^class \w+.*:\n(?:(?:    .*)?\n)*", text, re.MULTILINE)
    if not place:
        return text, ""
    body = place[0].rstrip("\n")
    method = f"\n\n    def {mark}(self) -> str:\n        return '{mark}'\n"
    return text.replace(body, body + method.rstrip("\n"), 1), ""


def _change_body(text: str, mark: str, chance: random.Random) -> Changed:
    returns = list(re.finditer(r"^( +)return .*\n", text, re.MULTILINE))
    if not returns:
        return text, ""
    at = chance.choice(returns)
    return text[: at.start()] + f"{at[1]}print('{mark}')\n" + text[at.start() :], ""


def _add_import(text: str, mark: str, chance: random.Random) -> Changed:
    first = re.search(r"^import \w+\n|^from \w[\w.]* import .*\n", text, re.MULTILINE)
    return (text.replace(first[0], f"{first[0]}import json as {mark}\n", 1), "") if first else (text, "")


def _reorder_imports(text: str, mark: str, chance: random.Random) -> Changed:
    block = re.search(r"(?:^import \w+\n){2,}", text, re.MULTILINE)
    if not block:
        return text, ""
    lines = lines_of(block[0])
    return text.replace(block[0], "".join(reversed(lines)) + f"import re as {mark}\n", 1), ""


def _extend_import(text: str, mark: str, chance: random.Random) -> Changed:
    found = re.finditer(r"^from ([\w.]+) import (\w[\w, ]*)\n", text, re.MULTILINE)
    line = next((each for each in found if each[1] != "__future__"), None)
    if not line:
        return text, ""
    first = line[2].split(",")[0].strip()
    return text.replace(line[0], f"from {line[1]} import {line[2]}, {first} as {mark}\n", 1), ""


def _rename_local(text: str, mark: str, chance: random.Random) -> Changed:
    for local in re.finditer(r"^( {4,})(\w+) = ", text, re.MULTILINE):
        start = text.rfind("\ndef ", 0, local.start())
        start = max(start, text.rfind("\nasync def ", 0, local.start()))
        end = re.search(r"\n(?=\S)", text[local.start() :])
        if start < 0 or text.count("\nclass ", start, local.start()):
            continue
        stop = local.start() + end.start() if end else len(text)
        body = text[start:stop]
        renamed = re.sub(rf"(?<![\w.\"']){local[2]}(?![\w\"'(]|=(?!=))", mark, body)
        return text[:start] + renamed + text[stop:], ""
    return text, ""


def _add_route(text: str, mark: str, chance: random.Random) -> Changed:
    if "router" not in text:
        return text, ""
    return text.rstrip("\n") + f'\n\n\n@router.get("/{mark}")\nasync def {mark}() -> str:\n    return "mine"\n', ""


def _add_field(text: str, mark: str, chance: random.Random) -> Changed:
    fields = list(re.finditer(r"^    \w+: .* = .*\n", text, re.MULTILINE))
    single = [m for m in fields if m[0].count("(") == m[0].count(")")]
    if not single:
        return text, ""
    at = chance.choice(single)
    return text[: at.end()] + f"    # kept by hand\n    {mark}: int = 0\n" + text[at.end() :], ""


def _delete_function(text: str, mark: str, chance: random.Random) -> Changed:
    found = list(
        re.finditer(r"^(?:@.*\n(?:    .*\n|\)\n)*)?(?:async )?def (\w+)\((?:.*\n)(?:(?:[ )].*)?\n)*", text, re.M)
    )
    if not found:
        return text, ""
    at = chance.choice(found)
    return text.replace(at[0], "", 1), at[1]


def _reformat(text: str, mark: str, chance: random.Random) -> Changed:
    calls = list(re.finditer(r"^(    )(\w+)(: [^=\n]+)? = (\w[\w.]*)\(([^()\n]+)\)\n", text, re.MULTILINE))
    if not calls:
        return text, ""
    at = chance.choice(calls)
    spread = f"{at[1]}{at[2]}{at[3] or ''} = {at[4]}(\n        {at[5]},  # {mark}\n    )\n"
    return text.replace(at[0], spread, 1), ""


def _add_test(text: str, mark: str, chance: random.Random) -> Changed:
    return text.rstrip("\n") + f"\n\n\ndef test_{mark}() -> None:\n    assert True\n", ""


def _comment(text: str, mark: str, chance: random.Random) -> Changed:
    defs = list(re.finditer(r"^(?:async )?def |^class |^@", text, re.MULTILINE))
    defs = [m for m in defs if m.start() == 0 or text[m.start() - 2 : m.start()] == "\n\n"]
    return (text[: (at := chance.choice(defs).start())] + f"# {mark}\n" + text[at:], "") if defs else (text, "")


def _argument(text: str, mark: str, chance: random.Random) -> Changed:
    columns = list(re.finditer(r"mapped_column\(([^()\n]*(?:\([^()\n]*\))?[^()\n]*)\)\n", text))
    if not columns:
        return text, ""
    at = chance.choice(columns)
    return text[: at.start()] + f'mapped_column({at[1]}, comment="{mark}")\n' + text[at.end() :], ""


def _own_length(text: str, mark: str, chance: random.Random) -> Changed:
    lengths = list(re.finditer(r"(?<=String\()\d+(?=\))|(?<=max_length=)\d+", text))
    if not lengths:
        return text, ""
    at = chance.choice(lengths)
    return text[: at.start()] + mark + text[at.end() :], ""


def _own_description(text: str, mark: str, chance: random.Random) -> Changed:
    words = list(re.finditer(r"(?<=    \"\"\")(?=\w)|(?<=    )(?=[A-Z][a-z]+ [a-z]+ [a-z]+ [a-z]+ )", text))
    if not words:
        return text, ""
    at = chance.choice(words).start()
    return f"{text[:at]}{mark} {text[at:]}", ""


def _add_type(text: str, mark: str, chance: random.Random) -> Changed:
    return text.rstrip("\n") + f"\n\nexport type {mark} = string;\n", ""


def _add_property(text: str, mark: str, chance: random.Random) -> Changed:
    lines = list(re.finditer(r"^(  +)\w+: z\..*,\n", text, re.MULTILINE))
    lines = [m for m in lines if m[0].count("(") == m[0].count(")")]
    if not lines:
        return text, ""
    at = chance.choice(lines)
    return text[: at.end()] + f"{at[1]}{mark}: z.string().optional(), // mine\n" + text[at.end() :], ""


def _json_key(text: str, mark: str, chance: random.Random) -> Changed:
    return text.replace("{\n", '{\n  "x-' + mark + '": true,\n', 1), ""


def _json_inner(text: str, mark: str, chance: random.Random) -> Changed:
    places = list(re.finditer(r'^( +)"(?:description|summary|name)": .*,\n', text, re.MULTILINE))
    if not places:
        return text, ""
    at = chance.choice(places)
    return text[: at.end()] + f'{at[1]}"x-{mark}": 1,\n' + text[at.end() :], ""


def _dependency(text: str, mark: str, chance: random.Random) -> Changed:
    made = re.sub(r"^dependencies = \[\n", lambda m: f'{m[0]}    "{mark}>=1",\n', text, count=1, flags=re.MULTILINE)
    return (made if made != text else text.rstrip("\n") + f'\n\n[tool.{mark}]\nmark = "{mark}"\n'), ""


def _prose(text: str, mark: str, chance: random.Random) -> Changed:
    headings = list(re.finditer(r"^## .*\n", text, re.MULTILINE))
    if not headings:
        return text + f"\n{mark}\n", ""
    at = chance.choice(headings)
    return text[: at.end()] + f"\nWritten by hand: {mark}.\n" + text[at.end() :], ""


_PY = r"^api/app/.*\.py$"
_KINDS: dict[str, tuple[str, Callable[[str, str, random.Random], Changed]]] = {
    "add method": (r"app/(models|schemas)/\w+\.py$", _add_method),
    "change body": (_PY, _change_body),
    "add import": (_PY, _add_import),
    "reorder imports": (_PY, _reorder_imports),
    "extend import": (_PY, _extend_import),
    "rename local": (r"app/routes/\w+\.py$", _rename_local),
    "add route": (r"app/routes/\w+\.py$", _add_route),
    "add field with comment": (r"app/(models|schemas)/\w+\.py$", _add_field),
    "delete function": (r"app/routes/\w+\.py$", _delete_function),
    "reformat": (r"app/(models|schemas)/\w+\.py$", _reformat),
    "add test": (r"api/tests/test_\w+\.py$", _add_test),
    "comment": (_PY, _comment),
    "argument": (r"app/models/\w+\.py$", _argument),
    "own length": (r"app/(models|schemas)/\w+\.py$", _own_length),
    "own description": (r"app/(models|schemas)/\w+\.py$", _own_description),
    "TypeScript type": (r"^packages/.*\.ts$", _add_type),
    "Zod property": (r"^packages/types/src/\w+.*\.ts$", _add_property),
    "JSON key": (r"openapi\.json$|package\.json$", _json_key),
    "JSON inner key": (r"openapi\.json$|postman/.*collection\.json$", _json_inner),
    "dependency": (r"pyproject\.toml$", _dependency),
    "README": (r"README\.md$|^specs/.*\.md$", _prose),
}


def merged(before: Build, edit: Edit, after: Build) -> tuple[Comparison, dict[str, bytes]]:
    """The edited file brought to the next build: the comparison, and what results. Of that file alone: it is quick."""
    before, after = _only(before, edit.path), _only(after, edit.path)
    pristine = {path: text.encode() for path, text in generated(before).items()}
    branch = pristine | {edit.path: edit.text.encode()}
    bases = known_bases(pristine, needed_bases(after, branch, before.lock))
    comparison = compare(after, branch, before.lock, bases=bases)
    left = {path: data for path, data in branch.items() if path not in comparison.deletes()}
    return comparison, left | comparison.writes()


def _only(made: Build, path: str) -> Build:
    files = {each: file for each, file in made.lock.files.items() if each == path}
    return replace(made, files=tuple(f for f in made.files if f.path == path), lock=replace(made.lock, files=files))


def judge(score: Score, before: Build, edit: Edit, after: Build, words: str) -> None:
    """Count one pair."""
    old, new = generated(before), generated(after)
    start = time.perf_counter()
    comparison, result = merged(before, edit, after)
    score.seconds += time.perf_counter() - start
    score.pairs += 1
    conflict = next((c for c in comparison.conflicts if c.path == edit.path), None)
    if old[edit.path] != new.get(edit.path):
        score.touched += 1
    name = f"{edit.kind} × {words}: {edit.path}"
    if conflict:
        score.conflicts += 1
        score.by_kind[edit.kind] += 1
    text = result.get(edit.path, b"").decode()
    shown = "".join(hunk.ours for hunk in conflict.hunks) if conflict else ""
    if edit.mark and edit.mark not in text + shown:
        score.lost.append(name)
    if edit.gone and not conflict and re.search(rf"\bdef {edit.gone}\(", text):
        score.lost.append(name)
    seed = next((file.seed for file in after.files if file.path == edit.path), False)  # written once, then yours
    if not conflict and not seed and (missing := _missing(old.get(edit.path, ""), edit.text, new.get(edit.path), text)):
        score.silent.append(f"{name}: {missing!r}")
    language = syntax.of(edit.path)
    if language and not conflict and edit.path in result and not language.parses(text):
        score.broken.append(name)


def _missing(old: str, edited: str, new: str | None, text: str) -> str:
    """A word that generation added and the result has not, or one it removed that is still there."""
    if new is None:
        return ""
    before, after, there, by_hand = (Counter(re.findall(r"\w+", each)) for each in (old, new, text, edited))
    for word, many in (after - before).items():
        if there[word] < by_hand[word] + many - before[word] and there[word] < many:
            return word
    for word in before - after:
        if word not in after and there[word] and by_hand[word] <= before[word]:
            return f"still {word}"
    return ""


def run(edit_count: int, change_count: int, *, one_per_file: bool = False) -> Score:
    """All pairs of that many edits and spec changes; of edits that hit one file only the last, if so wanted."""
    before = build(specs(), name="tool-library")
    later = list(_later(before, change_count))
    made = edits(generated(before), edit_count, _hot(before, [after for _, after in later]))
    made = _one_per_file(made) if one_per_file else made
    score = Score()
    for words, after in later:
        for edit in made:
            judge(score, before, edit, after, words)
    return score


def _later(before: Build, count: int) -> Iterator[tuple[str, Build]]:
    """What each spec change makes of the product."""
    for words, documents in changed_specs(count):
        after = build(documents, name="tool-library", lock=before.lock)
        if not after.ok:
            raise SystemExit(f"{words}: {after.model.errors[0]}")
        yield words, after


def _hot(before: Build, later: Sequence[Build]) -> set[str]:
    """The files that any of the changes changes."""
    old = generated(before)
    return {path for after in later for path, text in generated(after).items() if path in old and old[path] != text}


def copier_score(edit_count: int, change_count: int) -> dict[str, int] | str:
    """The same edits brought along by `copier update`; why not, where it cannot be run."""
    with tempfile.TemporaryDirectory(prefix="flaresmith-merge-") as scratch:
        place = Path(scratch)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(place / "venv")], check=True, capture_output=True)
            pip = [str(place / "venv" / "bin" / "pip"), "install", "-q", COPIER]
            subprocess.run(pip, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            return f"copier could not be installed: {error}"
        return _by_copier(place, edit_count, change_count)


def _by_copier(place: Path, edit_count: int, change_count: int) -> dict[str, int]:
    """All edits at once in one project, updated once per spec change: what `copier update` is made for."""
    before = build(specs(), name="tool-library")
    later = list(_later(before, change_count))
    made = _one_per_file(edits(generated(before), edit_count, _hot(before, [after for _, after in later])))
    counts = {"pairs": 0, "lost": 0, "conflicts": 0, "broken": 0, "silent": 0}
    for number, (_, after) in enumerate(later):
        template, project = place / f"template-{number}", place / f"project-{number}"
        _commit(template, generated(before), "1.0.0", template=True)
        copier = str(place / "venv" / "bin" / "copier")
        _run([copier, "copy", "--defaults", "--vcs-ref", "1.0.0", str(template), str(project)], place)
        _run(["git", "init", "-q"], project)
        _git_commit(project)
        for edit in made:
            (project / edit.path).write_text(edit.text)
        _git_commit(project)
        _commit(template, generated(after), "2.0.0", template=True)
        _run([copier, "update", "--defaults", "--vcs-ref", "2.0.0"], project)
        for edit in made:
            _count(counts, edit, project, generated(before), generated(after))
    return counts


def _count(counts: dict[str, int], edit: Edit, project: Path, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    place = project / edit.path
    text = place.read_text() if place.exists() else ""
    marked = "<<<<<<<" in text or place.with_name(place.name + ".rej").exists()
    language = syntax.of(edit.path)
    counts["pairs"] += 1
    counts["conflicts"] += marked
    counts["lost"] += bool(edit.mark) and edit.mark not in text
    counts["broken"] += bool(language and not language.parses(text))
    counts["silent"] += not marked and bool(_missing(old[edit.path], edit.text, new.get(edit.path), text))


def _one_per_file(made: list[Edit]) -> list[Edit]:
    return list({edit.path: edit for edit in made}.values())


def _commit(folder: Path, files: Mapping[str, str], tag: str, *, template: bool) -> None:
    """A template whose files are taken as they are: no suffix, no markers of the template language in use."""
    folder.mkdir(exist_ok=True)
    for path in folder.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            path.unlink()
    odd = "_envops:\n  variable_start_string: '[[%%'\n  variable_end_string: '%%]]'\n"
    odd += "  block_start_string: '[%%%'\n  block_end_string: '%%%]'\n  comment_start_string: '[##%'\n"
    odd += "  comment_end_string: '%##]'\n  keep_trailing_newline: true\n_templates_suffix: ''\n_subdirectory: files\n"
    (folder / "copier.yml").write_text(odd)
    for path, text in {**files, ".copier-answers.yml": "[[%% _copier_answers|to_nice_yaml %%]]\n"}.items():
        place = folder / "files" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    if not (folder / ".git").exists():
        _run(["git", "init", "-q"], folder)
    _git_commit(folder)
    _run(["git", "tag", tag], folder)


def _git_commit(folder: Path) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    _run(["git", "add", "-A", "-f"], folder)
    _run(["git", *who, "commit", "-qm", "state", "--allow-empty"], folder)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])} failed: {done.stderr[-400:]}")


def main() -> None:
    """Print the scores."""
    many, changes = (int(each) for each in (sys.argv[1:] + ["200", "20"][len(sys.argv) - 1 :])[:2])
    score = run(many, changes)
    print(f"ours: {score.pairs} pairs of {many} edits × {changes} spec changes, {score.touched} in a file that changed")
    print(f"  edits lost {len(score.lost)} · silent conflicts {len(score.silent)} · do not parse {len(score.broken)}")
    share = score.conflicts / max(score.touched, 1)
    print(f"  reported conflicts {score.conflicts} ({share:.1%} of those in a file that changed)")
    print(f"  {score.seconds / score.pairs * 1000:.1f} ms a merge")
    print(f"  conflicts by kind: {dict(score.by_kind.most_common())}")
    for kind, found in (("LOST", score.lost), ("SILENT", score.silent), ("BROKEN", score.broken)):
        for line in found[:10]:
            print(f"  {kind} {line}")
    few = min(changes, COPIER_CHANGES)
    theirs = copier_score(many, few)
    if isinstance(theirs, str):
        print(f"copier update: not measured, {theirs}")
        return
    same = run(many, few, one_per_file=True)
    print(f"one edit a file, {few} spec changes: {theirs['pairs']} pairs")
    print(f"  copier update: {theirs}")
    found = {"lost": len(same.lost), "conflicts": same.conflicts, "broken": len(same.broken)}
    print(f"  ours:          { {'pairs': same.pairs, **found, 'silent': len(same.silent)} }")


if __name__ == "__main__":
    main()
