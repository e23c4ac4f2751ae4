"""Spec folders of others: never a crash, always the same model, and facts that were checked by reading."""

import time
from pathlib import Path

import pytest

from flaresmith.compiler.model import EntityKind
from flaresmith.compiler.parse import parse, to_json

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "open"
FOLDERS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []

needs_corpus = pytest.mark.skipif(not FOLDERS, reason=f"the spec folders of others are not at {CORPUS}")


def load(name):
    folder = CORPUS / name
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def models():
    return {name: parse(load(name), name=name) for name in FOLDERS}


def feature(model, name):
    return next(feature for feature in model.features if feature.id == name)


def entity(model, name, of):
    return next(entity for entity in feature(model, of).entities if entity.name == name)


def shape(entity):
    return [f"{f.name}{'' if f.required else '?'}{'*' if f.primary_key else ''}" for f in entity.fields]


@needs_corpus
@pytest.mark.parametrize("name", FOLDERS)
def test_no_folder_crashes_or_is_slow_and_each_is_read_the_same_twice(name):
    files = load(name)
    start = time.process_time()
    model = parse(files, name=name)
    assert time.process_time() - start < 10
    assert model == parse(dict(reversed(files.items())), name=name)
    to_json(model)
    assert model.features
    lines = {path: body.decode("utf-8", "replace").count("\n") + 2 for path, body in files.items()}
    for diagnostic in model.diagnostics:
        assert 1 <= diagnostic.source.line <= lines[diagnostic.source.file]
        assert diagnostic.hint or diagnostic.severity != "error"


@needs_corpus
@pytest.mark.parametrize("name", FOLDERS)
def test_every_field_stands_on_the_line_that_is_given(models, name):
    texts = {path: body.decode("utf-8", "replace").split("\n") for path, body in load(name).items()}
    fields = [field for feature in models[name].features for entity in feature.entities for field in entity.fields]
    for field in fields:
        if not field.name.endswith("_2"):
            assert field.name in texts[field.source.file][field.source.line - 1]


@needs_corpus
@pytest.mark.parametrize("name", FOLDERS)
def test_what_the_targets_rely_on(models, name):
    model = models[name]
    names = {entity.name for entity in model.entities}
    assert len(names) == len(model.entities)
    for table in model.tables:
        assert table.primary_key
        fields = {field.name: field for field in table.fields}
        assert len(fields) == len(table.fields)
        for field in table.fields:
            assert not (field.required and field.nullable)
            assert field.type.kind != "enum" or field.type.values
            if field.references:
                target = model.entity(field.references.entity)
                assert target.kind is EntityKind.PERSISTED
                assert target.field(field.references.field) is not None
        assert all(name in fields for index in table.indexes for name in index.fields)
        assert all(arrow.field in fields for arrow in table.transitions)
    ids = [endpoint.operation_id for endpoint in model.endpoints]
    assert len(set(ids)) == len(ids)
    assert all(endpoint.entity in names for endpoint in model.endpoints if endpoint.entity)


@needs_corpus
def test_bullets_with_parentheses(models):
    model = models["third-eye-cyborg__Flaresmith"]
    project = entity(model, "Project", "001-platform-bootstrap")
    assert shape(project) == [
        "id*",
        "name",
        "slug",
        "orgId",
        "defaultBranch",
        "status",
        "integrations?",
        "envMatrix",
        "createdAt",
        "updatedAt",
    ]
    assert project.field("orgId").references.entity == "Organization"
    assert project.field("status").type.values == ("provisioning", "active", "failed")
    assert (project.field("name").limits.min_length, project.field("name").type.length) == (3, 64)
    assert [(i.fields, i.unique) for i in project.indexes] == [(("orgId", "name"), True), (("orgId", "slug"), True)]
    roles = entity(model, "User", "001-platform-bootstrap").field("roles")
    assert roles.type.items.values == ("admin", "developer", "viewer")
    assert len(feature(model, "001-platform-bootstrap").requirements) == 36
    assert len(feature(model, "005-dual-auth-architecture").requirements) == 80


@needs_corpus
def test_bullets_with_colons(models):
    link = entity(models["third-eye-cyborg__Flaresmith"], "IdentityProviderLink", "003-neon-auth-migration")
    assert shape(link) == ["id*", "userId", "provider", "subject", "emailAtProvider?", "createdAt", "updatedAt"]
    assert [(i.fields, i.unique) for i in link.indexes] == [(("provider", "subject"), True)]
    assert link.field("provider").type.values == ("apple", "google", "github", "password")


@needs_corpus
def test_tables_with_bare_rows_and_states_elsewhere(models):
    model = models["third-eye-cyborg__Flaresmith"]
    sync = entity(model, "sync_operations", "006-design-sync-integration")
    assert sync.field("operation_hash").unique
    assert sync.field("initiated_by").references.entity == "User"
    assert [(t.before, t.after) for t in sync.transitions] == [
        ("pending", "running"),
        ("running", "completed"),
        ("running", "failed"),
        ("completed", "partial"),
    ]
    audit = entity(model, "AccessibilityAuditResult", "004-design-system")
    assert (audit.kind, audit.field("mode").type.values) == (EntityKind.PERSISTED, ("light", "dark"))


@needs_corpus
def test_pseudo_sql(models):
    session = entity(models["third-eye-cyborg__Flaresmith"], "AdminSession", "005-dual-auth-architecture")
    assert session.field("user_id").references.on_delete == "cascade"
    assert not session.field("ip_address").required
    assert [i.fields for i in session.indexes] == [("user_id", "expires_at")]


@needs_corpus
def test_sql_tables(models):
    model = models["viettrung2103__payment-process-speckit"]
    payment = entity(model, "Payment", "001-resilient-payment-bridge")
    assert [f.name for f in payment.primary_key] == ["payment_id"]
    assert payment.field("status").type.values == ("RECEIVED", "IN_PROGRESS", "COMPLETED", "FAILED")
    assert (payment.field("amount").type.precision, payment.field("amount").type.scale) == (19, 4)
    assert (("client_reference",), True, "client_reference IS NOT NULL") in [
        (i.fields, i.unique, i.where) for i in payment.indexes
    ]
    letters = entity(
        models["viettrung2103__payment-process-speckit"], "dead_letter_queue", "001-resilient-payment-bridge"
    )
    assert letters.field("payment_id").references.field == "payment_id"
    users = entity(models["0riva__oriva-platform"], "Users", "003-hugo-platform-integration")
    assert users.field("oriva_user_id").unique
    assert not users.field("last_active_at").required


@needs_corpus
def test_tables_of_a_sheet(models):
    model = models["vfa-tuannt__canthaibinhduong"]
    assert [e.name for e in model.tables] == ["Products", "Variants", "AdjustmentHistory"]
    history = model.entity("AdjustmentHistory")
    assert history.field("adjustmentType").type.values == ("IMPORT", "EXPORT")
    assert history.field("variantId").references.entity == "Variants"
    assert not history.field("note").required
    assert model.entity("Session").kind is EntityKind.DERIVED


@needs_corpus
def test_tables_beside_sql(models):
    model = models["microsoft__CommunityManagement-Sample-Spec-Kit"]
    rsvps = entity(model, "rsvps", "001-event-discovery-rsvp")
    assert rsvps.field("event_id").references.entity == "events"
    assert rsvps.field("role").type.values == ("base", "flyer", "hybrid")
    assert ("pending_payment", "confirmed") in [(t.before, t.after) for t in rsvps.transitions]
    assert not feature(model, "006-code-review-fixes").entities
    assert not [e for e in feature(model, "007-simple-ui-pages").entities if e.kind is EntityKind.PERSISTED]
    assert "recurrence_rule" in [f.name for f in model.entity("events").fields]


@needs_corpus
def test_what_a_command_line_tool_keeps_in_files(models):
    model = models["jmservera__squad-speckit-bridge"]
    config = entity(model, "BridgeConfig", "001-squad-speckit-bridge")
    assert config.kind is EntityKind.DERIVED
    assert config.field("contextMaxBytes").default == 8192
    stage = entity(model, "PipelineStage", "003-e2e-demo-script")
    assert ("pending", "running") in [(t.before, t.after) for t in stage.transitions]


@needs_corpus
def test_contracts_in_json_and_broken_yaml(models):
    smart = models["naibarn__Smart-AI-Hub"]
    assert [len(feature.endpoints) for feature in smart.features][:3] == [23, 6, 12]
    roles = [(e.method, e.path.split("/")[-1], e.action) for e in smart.endpoints if e.entity == "Roles"]
    assert ("GET", "{roleId}", "get") in roles
    kitty = models["Priivacy-ai__spec-kitty"]
    assert not kitty.errors
    told = {d.source.file.rsplit("/", 1)[1] for d in kitty.diagnostics if d.rule == "contract-not-read"}
    assert "github-release-workflow.yml" in told  # a workflow in a fence of Markdown
