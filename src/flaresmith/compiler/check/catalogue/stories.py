"""Rules about what is asked for: requirements, stories, scenarios, questions, tasks, features."""

from __future__ import annotations

from flaresmith.compiler.check.rules import INFO, WARNING, Example, Rule, spec

_THREE = (
    "# Books\n- **FR-001**: The shop MUST sell.\n- **FR-002**: The shop MUST buy.\n- **FR-003**: The shop MUST lend.\n"
)
_STORY = "# Books\n### User Story 1 - Buy (Priority: P1)\n"

RULES = (
    Rule(
        "requirement-doubled",
        (WARNING,),
        "A requirement number is used twice",
        "A task that cites the number means one of the two, and nobody can say which.",
        "Give each requirement its own number.",
        spec("# Books\n- **FR-001**: The shop MUST sell.\n- **FR-001**: The shop MUST buy.\n"),
        spec("# Books\n- **FR-001**: The shop MUST sell.\n- **FR-002**: The shop MUST buy.\n"),
    ),
    Rule(
        "requirement-without-id",
        (INFO,),
        "A requirement or success criterion has no id",
        "What has no id cannot be cited by a task, an endpoint or a test, and drops out of every trace.",
        "Number it; the fix takes the next free number.",
        spec("# Books\n## Functional Requirements\n- The shop MUST sell books.\n"),
        spec("# Books\n## Functional Requirements\n- **FR-001**: The shop MUST sell books.\n"),
        fixable=True,
    ),
    Rule(
        "requirement-withdrawn",
        (INFO,),
        "A requirement is struck out",
        "It does not count any more. The line may stay as a record, and the reader should know that it has no effect.",
        "Take the line out once nobody asks for it.",
        spec("# Books\n- ~~**FR-001**: The shop MUST sell.~~\n"),
        spec("# Books\n- **FR-001**: The shop MUST sell.\n"),
    ),
    Rule(
        "requirement-uncited",
        (WARNING,),
        "A requirement is served by nothing, and most others are",
        "Where people cite requirements in tasks, entities, contracts and scenarios, the one that nobody cites was "
        "most likely forgotten. A feature whose authors do not cite is left in peace.",
        "Name the id where the requirement is served, or take it out.",
        Example({"spec.md": _THREE, "tasks.md": "- [ ] T001 Sell (FR-001)\n- [ ] T002 Buy (FR-002)\n"}),
        Example(
            {"spec.md": _THREE, "tasks.md": "- [ ] T001 Sell (FR-001)\n- [ ] T002 Buy and lend (FR-002, FR-003)\n"}
        ),
    ),
    Rule(
        "unknown-requirement",
        (WARNING,),
        "A requirement is cited that nobody declares",
        "Most often a number was mistyped, or the requirement was renumbered and its citations were not.",
        "Correct the id, or declare it in `spec.md`.",
        Example({"spec.md": _THREE, "tasks.md": "- [ ] T001 Sell (FR-011)\n"}),
        Example({"spec.md": _THREE, "tasks.md": "- [ ] T001 Sell (FR-001)\n"}),
    ),
    Rule(
        "citation-misspelled",
        (INFO,),
        "A requirement is cited under another spelling",
        "`FR-1` and `FR-001` are one to a reader and two to a search.",
        "Write the id as it is declared; the fix does.",
        Example({"spec.md": _THREE, "tasks.md": "- [ ] T001 Sell (FR-1)\n"}),
        Example({"spec.md": _THREE, "tasks.md": "- [ ] T001 Sell (FR-001)\n"}),
        fixable=True,
    ),
    Rule(
        "vague-wording",
        (INFO,),
        "A requirement uses a word that nobody can test",
        "Two people read `fast` in two ways, and both are right. A number settles it before it is built.",
        "Say how many, how long or how often, or say what a person can see.",
        spec("# Books\n- **FR-001**: Search MUST be fast.\n"),
        spec("# Books\n- **FR-001**: Search MUST answer within 300 ms.\n"),
    ),
    Rule(
        "unfinished-text",
        (WARNING,),
        "A requirement still says TBD",
        "Code is generated from what stands here, whether its author was done or not.",
        "Write down what is meant, or ask with `[NEEDS CLARIFICATION: …]`.",
        spec("# Books\n- **FR-001**: Orders MUST be kept for TBD.\n"),
        spec("# Books\n- **FR-001**: Orders MUST be kept for ten years.\n"),
    ),
    Rule(
        "criterion-without-number",
        (INFO,),
        "A success criterion names nothing that can be measured",
        "A criterion tells when the work is a success. Without anything to count, the answer is an opinion.",
        "Say how many, how long, or how often.",
        spec("# Books\n- **SC-001**: Readers are happier with the shop.\n"),
        spec("# Books\n- **SC-001**: 90 % of readers find a book within a minute.\n"),
    ),
    Rule(
        "needs-clarification",
        (WARNING,),
        "An open question is left in the specs",
        "Whoever builds on a question builds on a guess.",
        "Answer it, and remove the `[NEEDS CLARIFICATION]` mark.",
        spec("# Books\n- **FR-001**: The shop MUST refund [NEEDS CLARIFICATION: within how many days?].\n"),
        spec("# Books\n- **FR-001**: The shop MUST refund within 14 days.\n"),
    ),
    Rule(
        "question-unanswered",
        (WARNING,),
        "A question of a clarification session has no answer",
        "It was worth asking, and its answer is not on record.",
        "Write `→ A: …` behind it.",
        spec("# Books\n## Clarifications\n### Session 2026-01-02\n- Q: Who may lend?\n"),
        spec("# Books\n## Clarifications\n### Session 2026-01-02\n- Q: Who may lend? → A: Members.\n"),
    ),
    Rule(
        "story-doubled",
        (WARNING,),
        "Two stories have one number",
        "Tasks name their story by its number.",
        "Give each story its own number.",
        spec(
            f"{_STORY}1. **Given** a, **When** b, **Then** c\n### User Story 1 - Sell (Priority: P2)\n"
            f"1. **Given** a, **When** b, **Then** c\n"
        ),
        spec(
            f"{_STORY}1. **Given** a, **When** b, **Then** c\n### User Story 2 - Sell (Priority: P2)\n"
            f"1. **Given** a, **When** b, **Then** c\n"
        ),
    ),
    Rule(
        "story-without-scenario",
        (INFO,),
        "A story has no acceptance scenario",
        "Without one nobody can say when the story is done, and no test can be made from it.",
        "Add `1. **Given** …, **When** …, **Then** …`.",
        spec(f"{_STORY}As a reader I want to buy.\n"),
        spec(f"{_STORY}1. **Given** a book, **When** I pay, **Then** it is mine\n"),
    ),
    Rule(
        "story-without-priority",
        (INFO,),
        "A story has no priority, and the others have one",
        "The order of the work is decided by it.",
        "Write `(Priority: P1)` behind the title.",
        spec(
            f"{_STORY}1. **Given** a, **When** b, **Then** c\n### User Story 2 - Sell\n"
            f"1. **Given** a, **When** b, **Then** c\n### User Story 3 - Lend (Priority: P2)\n"
            f"1. **Given** a, **When** b, **Then** c\n"
        ),
        spec(
            f"{_STORY}1. **Given** a, **When** b, **Then** c\n### User Story 2 - Sell (P2)\n"
            f"1. **Given** a, **When** b, **Then** c\n"
        ),
    ),
    Rule(
        "scenario-incomplete",
        (WARNING,),
        "A scenario was begun and has no end",
        "A Given without a Then asks for nothing.",
        "Write what happens (**When**) and what comes of it (**Then**).",
        spec(f"{_STORY}1. **Given** a book, **When** I pay\n\n## Requirements\n"),
        spec(f"{_STORY}1. **Given** a book, **When** I pay, **Then** it is mine\n"),
    ),
    Rule(
        "unknown-story",
        (WARNING,),
        "A task belongs to a story that the spec does not have",
        "The task would be built for nobody.",
        "Correct the number.",
        Example({"spec.md": f"{_STORY}1. **Given** a, **When** b, **Then** c\n", "tasks.md": "- [ ] T001 [US4] Pay\n"}),
        Example({"spec.md": f"{_STORY}1. **Given** a, **When** b, **Then** c\n", "tasks.md": "- [ ] T001 [US1] Pay\n"}),
    ),
    Rule(
        "task-doubled",
        (WARNING,),
        "Two tasks have one number",
        "Dependencies between tasks are written with their numbers.",
        "Give each task its own number.",
        Example({"spec.md": "# Books\n", "tasks.md": "- [ ] T001 Pay\n- [ ] T001 Sell\n"}),
        Example({"spec.md": "# Books\n", "tasks.md": "- [ ] T001 Pay\n- [ ] T002 Sell\n"}),
    ),
    Rule(
        "unknown-feature",
        (WARNING,),
        "A feature builds on one that does not exist",
        "What it extends cannot be found, so it stands alone.",
        "Correct the id, or take the dependency out.",
        spec("# Books\n**Depends on**: 000-readers\n"),
        Example({"spec.md": "# Books\n**Depends on**: 000-readers\n", "/specs/000-readers/spec.md": "# Readers\n"}),
    ),
)
