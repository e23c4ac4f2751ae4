"""The pages of specs: a new project from a folder, the documents with their diagnostics, and the plan."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from htpy import Element, Renderable, code, div, fragment, h2, input, label, p, section, span, textarea
from htpy import form as form_

from flaresmith.features.projects import queries as projects
from flaresmith.features.projects.schemas import ProjectView
from flaresmith.features.specs import live
from flaresmith.features.specs import service as specs
from flaresmith.features.specs.errors import DestructiveRefused, SpecDriftConflict, SpecNotFound
from flaresmith.features.specs.live import fixing
from flaresmith.features.specs.pages import conflicts, diagram, explained, matrix, planned, uploaded
from flaresmith.features.specs.pages.found import crumbs, finding, findings
from flaresmith.features.specs.schemas import (
    ApplyRequest,
    NewProjectWithSpecs,
    PlanBinding,
    PlanRequest,
)
from flaresmith.kit.actor import Actor
from flaresmith.kit.asgi import CrossSite, Signed, same_origin
from flaresmith.kit.errors import BadRequest, Problem
from flaresmith.kit.tx import begin
from flaresmith.ui import forms, states, table
from flaresmith.ui.layout import Shell, page
from flaresmith.ui.product import html, product_shell
from flaresmith.ui.spec import Fact, spec_view

router = APIRouter(routes=[*explained.router.routes, *matrix.router.routes, *diagram.router.routes])

MAX_FILES, MAX_FIELDS, MAX_FIELD_BYTES = 2000, 20_000, 4 * 1024 * 1024


@router.get("/projects/new")
async def new_page(request: Request, actor: Signed) -> Response:
    """The form that makes a project of a folder of specs."""
    return await _new_page(request, actor)


@router.post("/projects/new")
async def create(request: Request, actor: Signed) -> Response:
    """Create the project and go to its run; specs with errors show what is wrong, and nothing is created."""
    form = await _form(request)
    name = str(form.get("name", "")).strip()
    try:
        documents = await uploaded.documents(form.getlist("specs"))
        if not documents:
            raise BadRequest("There are no specs in this folder: choose the one that holds `specs/001-name/spec.md`.")
        new = NewProjectWithSpecs(name=name, specs=documents)
        prepared = await live.prepare_new(new.name, documents)
        if prepared.revision is None:
            return await _new_page(request, actor, name, diagnostics=live.diagnostics(prepared.build))
        async with begin(actor) as tx:
            made, _ = await specs.create_project(tx, new, prepared)
    except Problem as problem:
        return await _new_page(request, actor, name, error=problem.message, status=problem.status)
    except ValueError:
        return await _new_page(request, actor, name, error="A name has 3 to 64 characters.", status=400)
    return RedirectResponse(f"/runs/{made.run.id}", 303)


@router.get("/projects/{project}/specs")
async def specs_page(request: Request, actor: Signed, project: str, file: str = "") -> Response:
    """The documents with what was understood; one of them with its diagnostics in place."""
    found, shell = await _project(request, actor, project)
    try:
        documents = await live.read_documents(actor, found.id)
    except SpecNotFound:
        return html(page("Specs", _no_specs(found), shell=shell, within=found.name, crumbs=crumbs(found)))
    model = await live.read_model(actor, found)
    if file and file in documents:
        text = documents[file].decode("utf-8", "replace")
        return html(_document_page(found, shell, file, text, model))
    return html(_documents_page(found, shell, documents, model))


@router.get("/projects/{project}/plan")
async def plan_page(request: Request, actor: Signed, project: str) -> Response:
    """What applying the latest specs again would change: nothing, unless something drifted."""
    found, shell = await _project(request, actor, project)
    try:
        documents = await live.read_documents(actor, found.id)
    except SpecNotFound:
        return html(page("Plan", _no_specs(found), shell=shell, within=found.name, crumbs=crumbs(found)))
    return await _plan_page(actor, found, shell, _texts(documents), "", "")


@router.post("/projects/{project}/plan")
async def plan_edit(request: Request, actor: Signed, project: str) -> Response:
    """What applying an edited document (or an uploaded folder) would change."""
    form = await _form(request)
    found, shell = await _project(request, actor, project)
    documents, file, text = await _edited(actor, found, form)
    return await _plan_page(actor, found, shell, documents, file, text)


@router.post("/projects/{project}/fix")
async def plan_fix(request: Request, actor: Signed, project: str) -> Response:
    """What applying a fix of the compiler would change; all fixes of the file where no rule is named."""
    form = await _form(request)
    found, shell = await _project(request, actor, project)
    documents = await live.read_documents(actor, found.id)
    file = str(form.get("file", ""))
    places = [str(form.get(name, "0")) for name in ("line", "column")]
    line, column = (int(place) if place.isdecimal() and len(place) < 9 else 0 for place in places)
    content = await fixing.fixed(documents, found.name, file, str(form.get("rule", "")), line, column)
    texts = _texts({**documents, file: content})
    return await _plan_page(actor, found, shell, texts, file, texts[file])


@router.post("/projects/{project}/apply")
async def apply_edit(request: Request, actor: Signed, project: str) -> Response:
    """Apply what the plan showed; refused when specs or project have changed since."""
    form = await _form(request)
    found, shell = await _project(request, actor, project)
    documents, file, text = await _edited(actor, found, form)
    binding = PlanBinding(spec_hash=str(form.get("spec_hash", "")), state_hash=str(form.get("state_hash", "")))
    wanted = ApplyRequest(
        project_id=found.id,
        files=documents,
        plan=binding,
        allow=[str(name) for name in form.getlist("allow")],
        accept=conflicts.choices(form),
    )
    prepared = await live.prepare(actor, wanted)
    try:
        async with begin(actor) as tx:
            reply = await specs.apply(tx, wanted, prepared)
    except Problem as problem:
        return html(
            planned.render(
                found,
                replace(shell, path=f"/projects/{found.slug}/plan"),
                prepared,
                file,
                text,
                decided=wanted.accept,
                problem=f"{problem.message} {_way_on(problem)}",
            ),
            problem.status,
        )
    return RedirectResponse(f"/runs/{reply.run.id}" if reply.run else f"/projects/{found.slug}", 303)


def _way_on(problem: Problem) -> str:
    if isinstance(problem, SpecDriftConflict):
        return "Decide each place below, then apply again."
    return "Tick what may be lost, then apply again." if isinstance(problem, DestructiveRefused) else problem.hint


async def _form(request: Request) -> Any:
    if not same_origin(request):
        raise CrossSite()
    return await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)


async def _edited(actor: Actor, project: ProjectView, form: Any) -> tuple[dict[str, str], str, str]:
    documents = _texts(await live.read_documents(actor, project.id))
    file, text = str(form.get("file", "")), str(form.get("text", "")).replace("\r\n", "\n")
    if file:
        if file not in documents:
            raise BadRequest("There is no such document in these specs.")
        if documents[file].count("\r\n") * 2 > documents[file].count("\n"):
            text = text.replace("\n", "\r\n")  # a form cannot tell; the document can
        documents[file] = text
    return documents, file, text


def _texts(documents: Mapping[str, bytes]) -> dict[str, str]:
    return {path: content.decode("utf-8", "replace") for path, content in documents.items()}


async def _project(request: Request, actor: Actor, project: str) -> tuple[ProjectView, Shell]:
    async with begin(actor, read_only=True) as tx:
        found = await projects.get_project(tx, project)
        known = (await projects.list_projects(tx, limit=50)).items
    return found, product_shell(request, actor, [(p.slug, p.name) for p in known], current=found.slug)


async def _new_page(
    request: Request,
    actor: Actor,
    name: str = "",
    *,
    error: str = "",
    diagnostics: Sequence[Mapping[str, Any]] = (),
    status: int = 200,
) -> Response:
    async with begin(actor, read_only=True) as tx:
        known = (await projects.list_projects(tx, limit=50)).items
    fields = [
        forms.Field("name", "Name", value=name, required=True, maxlength=64, hint="What people call the product."),
    ]
    folder = _folder_field()
    content = [
        form_(".form", method="post", action="/projects/new", enctype="multipart/form-data", data_form=True)[
            error and div(".notice", data_tone="bad", role="alert")[error],
            forms.fields(fields),
            folder,
            div(".row")[forms.button("Create and provision", primary=True, pending="Reading the specs")],
        ],
        bool(diagnostics) and findings(diagnostics),
    ]
    shell = product_shell(request, actor, [(p.slug, p.name) for p in known])
    lede = "A folder of Markdown specs becomes a repository, three databases, three running environments."
    return html(
        page("New project", *content, shell=shell, crumbs=[("Projects", "/projects")], lede=lede),
        422 if diagnostics else status,
    )


def _folder_field() -> Element:
    return div(".field")[
        label(for_="specs")["Folder with the specs"],
        input(
            "#specs.input", type="file", name="specs", multiple=True, webkitdirectory=True, required=True,
            aria_describedby="specs-hint",
        ),
        p("#specs-hint.hint")["The project's folder, with ", code["specs/001-name/spec.md"], ", or its ",
                              code["specs"], " alone. Only documents are read."],
    ]  # fmt: skip


def _documents_page(
    project: ProjectView, shell: Shell, documents: Mapping[str, bytes], model: Mapping[str, Any]
) -> Element:
    counts: dict[str, list[str]] = defaultdict(list)
    for each in model["diagnostics"]:
        counts[each["file"]].append(each["severity"])
    rows = [
        table.Row(
            code[path],
            (f"{len(content):,}", str(content.count(b"\n") + 1), _tally(counts[path])),
            href=f"/projects/{project.slug}/specs?file={path}",
            label=path,
        )
        for path, content in sorted(documents.items())
    ]
    columns = [table.Column("Document"), table.Column("Bytes", numeric=True), table.Column("Lines", numeric=True),
               table.Column("Found")]  # fmt: skip
    return page(
        "Specs",
        _features(model),
        section(".section")[h2["Documents"], table.data_table("Documents", columns, rows)],
        shell=shell,
        within=project.name,
        crumbs=crumbs(project),
        actions=fragment[
            forms.link_button("Requirements", f"/projects/{project.slug}/requirements"),
            forms.link_button("Diagram", f"/projects/{project.slug}/diagram"),
            forms.link_button("Plan", f"/projects/{project.slug}/plan"),
        ],
    )


def _features(model: Mapping[str, Any]) -> Element:
    rows = [
        table.Row(
            f["title"],
            (len(f["stories"]), len(f["requirements"]), len(f["entities"]), len(f["endpoints"])),
            href="",
            label=f["title"],
        )
        for f in model["features"]
    ]
    titles = ("Feature", "Stories", "Requirements", "Entities", "Endpoints")
    columns = [table.Column(title, numeric=title != "Feature") for title in titles]
    shown = [table.Row(r.name, tuple(str(c) for c in r.cells), label=r.label) for r in rows]
    unread = model["counts"]["linesNotUnderstood"]
    return section(".section")[
        h2["Features"],
        table.data_table("Features", columns, shown),
        p(".muted")[f"{model['counts']['facts']:,} facts read, {unread:,} lines not understood."],
    ]


def _document_page(project: ProjectView, shell: Shell, file: str, text: str, model: Mapping[str, Any]) -> Element:
    action = f"/projects/{project.slug}/fix"
    found = [finding(d, text=text, action=action) for d in model["diagnostics"] if d["file"] == file]
    unread = sum(1 for d in model["diagnostics"] if d["file"] == file and d["rule"] == "not-understood")
    here = f"/projects/{project.slug}/specs?file={file}"
    return page(
        file,
        spec_view(file, text, findings=found, outline=_outline(file, model), not_understood=unread, page_href=here),
        _mend_all(action, file) if sum(each.mend is not None for each in found) > 1 else None,
        _editor(project, file, text),
        shell=shell,
        within=project.name,
        crumbs=[*crumbs(project), ("Specs", f"/projects/{project.slug}/specs")],
        wide=True,
    )


def _mend_all(action: str, file: str) -> Element:
    return form_(".row", method="post", action=action, data_form=True)[
        input(type="hidden", name="file", value=file),
        forms.button("Fix all of these", pending="Planning"),
        span(".muted")["The plan shows what would change; nothing changes before it is applied."],
    ]


def _editor(project: ProjectView, file: str, text: str) -> Element:
    return section("#edit.section")[
        h2["Edit"],
        form_(".form", method="post", action=f"/projects/{project.slug}/plan", data_form=True)[
            p(".muted")["The plan shows what would change; nothing changes before it is applied."],
            input(type="hidden", name="file", value=file),
            textarea(".input.mono", name="text", rows="24", spellcheck="false", aria_label=f"Text of {file}")[text],
            div(".row")[forms.button("Plan this change", primary=True, pending="Planning")],
        ],
    ]


def _outline(file: str, model: Mapping[str, Any]) -> dict[str, list[Fact]]:
    kinds = (
        ("Stories", "stories", "title", "number"),
        ("Requirements", "requirements", "text", "id"),
        ("Success criteria", "successCriteria", "text", "id"),
        ("Entities", "entities", "name", ""),
        ("Endpoints", "endpoints", "path", "method"),
    )
    outline: dict[str, list[Fact]] = {}
    for heading, key, words, id_ in kinds:
        facts = [
            Fact(str(each.get(words, "")), each["source"]["line"], str(each.get(id_, "")) if id_ else "")
            for feature in model["features"]
            for each in feature[key]
            if each["source"]["file"] == file
        ]
        if facts:
            outline[heading] = facts
    return outline


async def _plan_page(
    actor: Actor, project: ProjectView, shell: Shell, documents: dict[str, str], file: str, text: str
) -> Response:
    prepared = await live.prepare(actor, PlanRequest(project_id=project.id, files=documents), keep_files=False)
    groups = await asyncio.to_thread(planned.groups_of, prepared)
    return html(planned.render(project, shell, prepared, file, text, groups=groups))


def _no_specs(project: ProjectView) -> Element:
    return states.empty(
        "This project has no specs yet",
        "Its base is provisioned; apply a folder of specs and its code is generated and deployed.",
        command=f"flaresmith apply {project.slug} --specs ./specs",
    )


def _tally(severities: Sequence[str]) -> Renderable:
    if not severities:
        return span(".muted")["nothing"]
    words = {"error": "errors", "warning": "warnings", "info": "notes"}
    return fragment[", ".join(f"{severities.count(s)} {w}" for s, w in words.items() if s in severities)]
