"""`spec.md` in the forms and languages in which people write it: each means what it says."""

from __future__ import annotations

import time

import pytest

from flaresmith.compiler.citations import cited
from flaresmith.compiler.model import RequirementKind


@pytest.fixture
def spec(read):
    """The feature that one `spec.md` describes."""
    return lambda text: read({"specs/001-shop/spec.md": text}).features[0]


@pytest.mark.parametrize(
    ("line", "identifier", "text"),
    [
        ("- **FR-001**: The shop MUST sell.", "FR-001", "The shop MUST sell."),
        ("* FR-001: The shop MUST sell.", "FR-001", "The shop MUST sell."),
        ("1. **FR-001:** The shop MUST sell.", "FR-001", "The shop MUST sell."),
        ("- [x] **FR-001**: The shop MUST sell.", "FR-001", "The shop MUST sell."),
        ("- `FR-001` — The shop MUST sell.", "FR-001", "The shop MUST sell."),
        ("- **FR-001** (P1): The shop MUST sell.", "FR-001", "The shop MUST sell."),
        ("- **FR-001 Selling**: The shop MUST sell.", "FR-001", "Selling: The shop MUST sell."),
        ("- **FR-001: Selling**: It MUST sell.", "FR-001", "Selling: It MUST sell."),
        ("| FR-001 | The shop MUST sell. |\n|---|---|", "FR-001", "The shop MUST sell."),
        ("| **FR-001** | The shop MUST sell. | P1 |", "FR-001", "The shop MUST sell. — P1"),
        ("### FR-001: Selling\n\nThe shop MUST sell.\n", "FR-001", "Selling — The shop MUST sell."),
        ("**FR-001**: The shop MUST sell.", "FR-001", "The shop MUST sell."),
        ("- **FR-001a**: The shop MUST sell.", "FR-001a", "The shop MUST sell."),
        ("- **FR-1.2**: The shop MUST sell.", "FR-1.2", "The shop MUST sell."),
        ("- **FR-AUTH-001**: The shop MUST sell.", "FR-AUTH-001", "The shop MUST sell."),
        ("- FR-MP-001: The shop MUST sell.", "FR-MP-001", "The shop MUST sell."),
        ("- **AUTH-FR-001**: The shop MUST sell.", "AUTH-FR-001", "The shop MUST sell."),
        ("- **FR001**: The shop MUST sell.", "FR001", "The shop MUST sell."),
        ("- **FR-001**:\n  - it sells\n  - it buys", "FR-001", "it sells; it buys"),
        ("- **NFR-001**：商店必须快。", "NFR-001", "商店必须快。"),
    ],
)
def test_a_requirement_in_each_form(spec, line, identifier, text):
    found = spec(f"# Shop\n\n## Requirements\n\n{line}\n").requirements
    assert [(one.id, one.text) for one in found] == [(identifier, text)]


def test_the_three_kinds_of_requirement(spec):
    feature = spec("- **FR-001**: one MUST\n- **NFR-002**: two MUST\n- **SC-003**: three\n- SC-MP-001: four\n")
    assert [one.kind for one in feature.requirements] == [
        RequirementKind.FUNCTIONAL,
        RequirementKind.NON_FUNCTIONAL,
    ]
    assert [one.id for one in feature.success_criteria] == ["SC-003", "SC-MP-001"]


@pytest.mark.parametrize(
    "line",
    [
        "- FR-001, FR-002: covered by the first test",
        "- FR-001–FR-004 depend on each other",
        "- FR-001's list shows photos",
        "FR-001 is tested by hand.",
        "- SC-001 was met in the pilot",
    ],
)
def test_a_citation_declares_nothing_again(spec, line):
    feature = spec(f"# A\n## Requirements\n- **FR-001**: a MUST b\n- **SC-001**: c\n\n## Assumptions\n\n{line}\n")
    assert [one.text for one in (*feature.requirements, *feature.success_criteria)] == ["a MUST b", "c"]


def test_what_is_struck_out_does_not_count_and_is_told(read):
    model = read({"001-a/spec.md": "- ~~**FR-001**: gone~~\n- **FR-002**: stays\n"})
    assert [one.id for one in model.features[0].requirements] == ["FR-002"]
    assert [(d.rule, d.source.line) for d in model.diagnostics] == [("requirement-withdrawn", 1)]


def test_requirements_without_an_id_are_told(read):
    text = (
        "# A\n## Requirements\n- Members MUST pay\n### Assumptions\n- Members MUST exist\n"
        "## Success Criteria\n1. 90 % of members pay\n"
    )
    found = [(d.rule, d.source.line) for d in read({"001-a/spec.md": text}).diagnostics]
    assert found == [("requirement-without-id", 3), ("requirement-without-id", 7)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("(FR-001)", ["FR-001"]),
        ("FR-001, FR-003 and SC-002", ["FR-001", "FR-003", "SC-002"]),
        ("FR-001 to FR-004", ["FR-001", "FR-002", "FR-003", "FR-004"]),
        ("FR-001–003", ["FR-001", "FR-002", "FR-003"]),
        ("FR-001/002/005", ["FR-001", "FR-002", "FR-005"]),
        ("FR-001 - 99% of users", ["FR-001"]),
        ("SFR-001x and PREFR-1", []),
        ("[FR-AUTH-010]", ["FR-AUTH-010"]),
        ("FR-001 to FR-9999999", ["FR-001"]),
    ],
)
def test_citations(text, ids):
    assert list(cited(text)) == ids


STORIES = {
    "template": "### User Story 1 - Buy a book (Priority: P1)\n",
    "dash": "### User Story 1 – Buy a book [P1]\n",
    "short": "### US1: Buy a book (P1)\n",
    "number": "### US-001: Buy a book (Priority: P1)\n",
    "story": "### Story 1: Buy a book (Priority: P1 - the heart)\n",
    "numbered": "### 1. User Story 1: Buy a book (P1)\n",
    "es": "### Historia de Usuario 1 - Buy a book (Prioridad: P1)\n",
    "fr": "### Récit utilisateur 1 - Buy a book (Priorité : P1)\n",
    "pt": "### História de Usuário 1 - Buy a book (Prioridade: P1)\n",
    "zh": "### 用户故事 1 - Buy a book（优先级：P1）\n",
    "ja": "### ユーザーストーリー 1 - Buy a book（優先度: P1）\n",
    "ko": "### 사용자 스토리 1 - Buy a book (우선순위: P1)\n",
    "ru": "### Пользовательская история 1 - Buy a book (Приоритет: P1)\n",
    "bullet": "- **US-001**: Buy a book (P1)\n",
    "bold": "**User Story 1**: Buy a book (Priority: P1)\n",
}


@pytest.mark.parametrize("form", STORIES)
def test_a_story_with_its_priority(spec, form):
    stories = spec(f"# Shop\n\n## User Scenarios & Testing\n\n{STORIES[form]}").stories
    assert [(s.number.lstrip("0"), s.title, s.priority, s.source.line) for s in stories] == [
        ("1", "Buy a book", "P1", 5)
    ]


def test_stories_that_have_no_number(spec):
    text = "# A\n## User Stories\n### As a reader, I want books so that I read.\n### Lend a book\nMembers lend.\n"
    assert [(s.number, s.title) for s in spec(text).stories] == [
        ("1", "As a reader, I want books so that I read."),
        ("2", "Lend a book"),
    ]


def test_the_primary_story_keeps_its_scenarios(spec):
    text = (
        "# A\n## User Scenarios & Testing\n### Primary User Story\nAs a reader I want books.\n"
        "### Acceptance Scenarios\n1. **Given** a, **When** b, **Then** c\n### Edge Cases\n- What if d?\n"
    )
    feature = spec(text)
    assert [(s.text, len(s.scenarios)) for s in feature.stories] == [("As a reader I want books.", 1)]
    assert [(case.text, case.source.line) for case in feature.edge_cases] == [("What if d?", 8)]


SCENARIOS = {
    "line": "1. **Given** a shelf, **When** I look, **Then** I see.\n",
    "plain": "- Given a shelf, when I look, then I see.\n",
    "label": "- **Scenario 1**: Given a shelf, when I look, then I see.\n",
    "bullets": "- **Given** a shelf\n- **When** I look\n- **Then** I see\n",
    "nested": "- **Given** a shelf\n  - **When** I look\n    - **Then** I see\n",
    "continued": "- **Given** a shelf,\n  **When** I look,\n  **Then** I see.\n",
    "prose": "**Given** a shelf,\n**When** I look,\n**Then** I see.\n",
    "plain lines": "- Given a shelf\n- When I look\n- Then I see\n",
    "table": "| Given | When | Then |\n|---|---|---|\n| a shelf | I look | I see |\n",
    "gherkin": "```gherkin\nScenario: looking\n  Given a shelf\n  When I look\n  Then I see\n```\n",
    "es": "1. **Dado** a shelf, **Cuando** I look, **Entonces** I see\n",
    "fr": "1. **Étant donné** a shelf, **Quand** I look, **Alors** I see\n",
    "pt": "1. **Dado** a shelf, **Quando** I look, **Então** I see\n",
    "zh": "1. **给定** a shelf，**当** I look，**那么** I see\n",
    "zh-tw": "1. **假設** a shelf，**當** I look，**則** I see\n",
    "ja": "1. **前提** a shelf、**もし** I look、**ならば** I see\n",
    "ko": "1. **주어진 상황** a shelf, **만일** I look, **그러면** I see\n",
    "ru": "1. **Дано** a shelf, **Когда** I look, **Тогда** I see\n",
}


@pytest.mark.parametrize("form", SCENARIOS)
def test_a_scenario_in_each_form(spec, form):
    text = f"# A\n### User Story 1 - Look (Priority: P1)\n\n**Acceptance Scenarios**:\n\n{SCENARIOS[form]}"
    [story] = spec(text).stories
    assert [(s.given, s.when, s.then.rstrip(".")) for s in story.scenarios] == [("a shelf", "I look", "I see")]
    assert story.scenarios[0].source.line in (6, 8)


def test_and_goes_on_with_the_step_before(spec):
    text = (
        "### User Story 1 - A\n- **Given** a\n- **And** b\n- **When** c\n- **Then** d\n- **And** e\n"
        "- **Given** f\n- **Then** g\n"
    )
    [story] = spec(text).stories
    assert [(s.given, s.when, s.then) for s in story.scenarios] == [("a and b", "c", "d and e"), ("f", "", "g")]


def test_a_scenario_without_an_end_is_told(read):
    model = read({"001-a/spec.md": "### User Story 1 - A\n1. **Given** a shelf, **When** I look\n\n## Requirements\n"})
    told = [(d.rule, d.source.line) for d in model.diagnostics]
    assert told == [("story-without-scenario", 1), ("scenario-incomplete", 2)]


def test_acceptance_criteria_belong_to_the_story_of_their_number(spec):
    text = (
        "# A\n## User Stories\n### US-001: One\n### US-002: Two\n## Acceptance Criteria\n### AC-001: One\n"
        "- Members can sign in\n"
    )
    assert [[s.text for s in story.scenarios] for story in spec(text).stories] == [["Members can sign in"], []]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("As a librarian, I want to count.", "librarian"),
        ("**As** a visitor who is new,\n**I want** to look,", "visitor"),
        ("Como administrador, quiero contar.", "administrador"),
        ("En tant que bibliothécaire, je veux compter.", "bibliothécaire"),
        ("Como um membro, quero contar.", "membro"),
        ("作为管理员，我想计数。", "管理员"),
        ("管理者として、数えたい。", "管理者"),
        ("관리자로서, 세고 싶다.", "관리자"),
        ("Как администратор, я хочу считать.", "администратор"),
        ("As a stopgap, nothing is counted.", None),
    ],
)
def test_the_role_of_a_story(spec, text, role):
    roles = spec(f"# A\n### User Story 1 - Count (Priority: P1)\n\n{text}\n").roles
    assert [one.name for one in roles] == ([role] if role else [])


def test_roles_with_their_permissions(spec):
    text = (
        "# A\n## Roles\n- **Admin**: runs the shop\n  - may close it\n- **Member** (P1): buys\n\n"
        "## User Roles\n| Role | Description | Permissions |\n|---|---|---|\n| Guest | looks | read, search |\n"
        "## Permissions Matrix\n| Action | Admin | Guest |\n|---|---|---|\n| close | ✅ | ❌ |\n| read | Yes | Yes |\n"
    )
    found = {role.name: (role.description, role.permissions) for role in spec(text).roles}
    assert found == {
        "Admin": ("runs the shop", ("may close it", "close", "read")),
        "Member": ("buys", ()),
        "Guest": ("looks", ("read", "search")),
    }


def test_clarifications_by_session(spec):
    text = (
        "# A\n## Clarifications\n### Session 2026-01-02\n- Q: How many? → A: Two.\n- **Q: Why?**\n  - A: Because.\n"
        "- Q: When?\n- A: Now.\n### Session 2026-02-03\n| Question | Answer |\n|---|---|\n| Who? | Me |\n- Q: Where?\n"
    )
    found = [(c.question, c.answer, c.session, c.source.line) for c in spec(text).clarifications]
    assert found == [
        ("How many?", "Two.", "2026-01-02", 4),
        ("Why?", "Because.", "2026-01-02", 5),
        ("When?", "Now.", "2026-01-02", 7),
        ("Who?", "Me", "2026-02-03", 12),
        ("Where?", "", "2026-02-03", 13),
    ]


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("- **FR-001**: pays [NEEDS CLARIFICATION: how often?]", "how often?"),
        ("- **FR-001**: pays [NEEDS CLARIFICATION — how often?]", "how often?"),
        ("- **FR-001**: paga [NECESITA ACLARACIÓN: ¿cuándo?]", "¿cuándo?"),
        ("- **FR-001**: 付款 [需要澄清：多久？]", "多久？"),
        ("- **FR-001**: pays [NEEDS CLARIFICATION]", "FR-001: pays"),
        ("- [x] No [NEEDS CLARIFICATION] markers remain", None),
        ("4. Mark it with `[NEEDS CLARIFICATION: what?]`", None),
    ],
)
def test_open_questions_anywhere(read, line, question):
    model = read({"001-a/spec.md": f"# A\n\n{line}\n", "001-a/tasks.md": "# T\n"})
    assert [c.question for c in model.features[0].clarifications] == ([question] if question else [])
    assert [d.rule for d in model.diagnostics if d.rule == "needs-clarification"] == ["needs-clarification"] * bool(
        question
    )


def test_questions_in_other_files_count_too(read):
    model = read(
        {"001-a/spec.md": "# A\n", "001-a/data-model.md": "### Book\n- id: uuid\n\n[NEEDS CLARIFICATION: isbn?]\n"}
    )
    assert [(c.question, str(c.source)) for c in model.features[0].clarifications] == [
        ("isbn?", "001-a/data-model.md:4:1")
    ]


@pytest.mark.parametrize(
    ("head", "title", "status", "branch"),
    [
        ("# Feature Specification: Books\n**Feature Branch**: `001-a`\n**Status**: Draft\n", "Books", "Draft", "001-a"),
        ("---\ntitle: Books\nstatus: 'Active'\nbranch: 001-a\n---\n\n# FEAT-1: Other\n", "Books", "Active", "001-a"),
        ("# Especificación de Funcionalidad: Books\n**Rama**: `001-a`\n**Estado**: Draft\n", "Books", "Draft", "001-a"),
        ("# 功能规格说明：Books\n**功能分支**：`001-a`\n**状态**：Draft\n", "Books", "Draft", "001-a"),
        ("# Спецификация функции: Books\n**Ветка**: `001-a`\n**Статус**: Draft\n", "Books", "Draft", "001-a"),
        ("# 기능 명세서: Books\n- **브랜치**: `001-a`\n- **상태**: Draft\n", "Books", "Draft", "001-a"),
        ("# Feature Spec 001: Books\n> Branch: 001-a\n> Status: Draft\n", "Books", "Draft", "001-a"),
    ],
)
def test_the_head_of_a_spec(spec, head, title, status, branch):
    feature = spec(head)
    assert (feature.title, feature.status, feature.branch) == (title, status, branch)


def test_features_that_build_on_each_other(read):
    model = read(
        {
            "specs/001-auth/spec.md": "# A\n",
            "specs/002-shop/spec.md": "# B\n**Depends on**: 001-auth, 009-gone\n",
            "specs/003-cart/spec.md": "# C\nAs in [the shop](specs/002-shop/spec.md); budget 120-fold.\n",
            "specs/004-pay/spec.md": "---\ndepends_on: [001-auth]\n---\n# D\nThis builds on Spec 003.\n",
            "specs/005-own/spec.md": "# E\n005-own is this one; 777-other is nothing.\n",
        }
    )
    assert {f.id: f.depends_on for f in model.features} == {
        "001-auth": (),
        "002-shop": ("001-auth", "009-gone"),
        "003-cart": ("002-shop",),
        "004-pay": ("001-auth", "003-cart"),
        "005-own": (),
    }


def test_key_entities_with_their_words(spec):
    text = (
        "# A\n## Requirements\n### Key Entities *(if data)*\n- **Book**: what is read\n"
        "- **Shelf** (place): holds `books`\n- Loan: a book out\n"
    )
    assert [(e.name, e.description, e.source.line) for e in spec(text).key_entities] == [
        ("Book", "what is read", 4),
        ("Shelf", "holds books", 5),
        ("Loan", "a book out", 6),
    ]


@pytest.mark.parametrize(
    "unit", ["[NEEDS CLARIFICATION]", "[NEEDS CLARIFICATION: ", "**Given** ", "FR-001 to ", "As a x, I want ", "Q: → "]
)
def test_hostile_lines_take_linear_time(read, unit):
    text = f"# A\n## Clarifications\n- {unit * (100_000 // len(unit))}\n"
    start = time.process_time()
    read({"001-a/spec.md": text, "001-a/tasks.md": text})
    assert time.process_time() - start < 4
