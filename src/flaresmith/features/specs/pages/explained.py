"""The pages that explain the rules: why each matters, an example on each side, how to set it right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response
from htpy import Element, Renderable, code, fragment, h2, p, pre, section

from flaresmith.compiler.check import RULES, Example, Rule
from flaresmith.compiler.check.secrets import masked
from flaresmith.features.projects import queries as projects
from flaresmith.kit.actor import Actor
from flaresmith.kit.asgi import Signed
from flaresmith.kit.errors import NotFound
from flaresmith.kit.tx import begin
from flaresmith.ui import table
from flaresmith.ui.layout import Shell, page
from flaresmith.ui.product import html, product_shell
from flaresmith.ui.text import code_line, prose, visible

router = APIRouter()
_WORDS: Mapping[str, str] = {"error": "Error", "warning": "Warning", "info": "Note"}


class RuleNotFound(NotFound):
    """There is no rule of this name."""

    code = "RULE_NOT_FOUND"


@router.get("/rules")
async def rules_page(request: Request, actor: Signed) -> Response:
    """All rules with their severity and what they find."""
    rows = [
        table.Row(code[rule.id], (_WORDS[rule.severity], rule.title, "yes" if rule.fixable else ""),
                  href=f"/rules/{rule.id}", label=rule.id)
        for rule in RULES.values()
    ]  # fmt: skip
    columns = [table.Column(title) for title in ("Rule", "Severity", "What it finds", "Fix")]
    lede = "What the compiler looks for in specs. `flaresmith.toml` and comments in the specs turn rules off."
    shown = table.data_table("Rules", columns, rows)
    return html(page("Rules", shown, shell=await _shell(request, actor), lede=lede.replace("`", "")))


@router.get("/rules/{rule}")
async def rule_page(request: Request, actor: Signed, rule: str) -> Response:
    """One rule."""
    if rule not in RULES:
        raise RuleNotFound(hint="See all rules at /rules.")
    found = RULES[rule]
    shell = await _shell(request, actor)
    return html(page(rule, *_explained(found), shell=shell, crumbs=[("Rules", "/rules")], lede=f"{found.title}."))


def _explained(rule: Rule) -> Iterator[Element]:
    words = f"{_WORDS[rule.severity]}. " + ("It can be mended without a question." if rule.fixable else "")
    yield section(".section")[h2["Why"], p[prose(rule.why)], p(".muted")[words]]
    yield section(".section")[h2["What it finds"], _example(rule.bad)]
    yield section(".section")[h2["What is right"], _example(rule.good)]
    yield section(".section")[h2["How to set it right"], p[prose(rule.fix)]]
    if rule.severity.value != "error":
        comment = f"<!-- flaresmith-ignore {rule.id}: why it is so here -->"
        yield section(".section")[h2["Where it does not fit"], code_line(comment, what="comment")]


def _example(example: Example) -> Renderable:
    if example.said:
        return p[prose(example.said)]
    shown = [(f"{path} (the version before)", text) for path, text in example.before.items()]
    shown += [(path.lstrip("/"), text) for path, text in example.files.items()]
    return fragment[(fragment[p(".muted")[code[path]], pre(".framed")[_shown(text)]] for path, text in shown)]


def _shown(text: str | bytes) -> str:
    return visible(masked(text if isinstance(text, str) else text.decode("cp1252", "replace")))


async def _shell(request: Request, actor: Actor) -> Shell:
    async with begin(actor, read_only=True) as tx:
        known = (await projects.list_projects(tx, limit=50)).items
    return product_shell(request, actor, [(each.slug, each.name) for each in known])
