"""What is wrong with specs although each line of them could be read: the rules, and who decides what counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flaresmith.compiler.check.catalogue import RULES
from flaresmith.compiler.check.changes import breaking_changes
from flaresmith.compiler.check.citing import citing
from flaresmith.compiler.check.endpoints import endpoints
from flaresmith.compiler.check.entities import entities
from flaresmith.compiler.check.features import no_specs
from flaresmith.compiler.check.fixable import with_fixes
from flaresmith.compiler.check.fixes import Applied, apply_fixes
from flaresmith.compiler.check.ignores import ignores, judged, without_ignores
from flaresmith.compiler.check.requirements import requirements
from flaresmith.compiler.check.rules import Example, Rule
from flaresmith.compiler.check.secrets import secrets
from flaresmith.compiler.check.settings import PATH as SETTINGS_PATH
from flaresmith.compiler.check.settings import Settings, read_settings
from flaresmith.compiler.check.states import states
from flaresmith.compiler.model import Diagnostic, Model

__all__ = [
    "RULES",
    "SETTINGS_PATH",
    "Applied",
    "Example",
    "Rule",
    "Settings",
    "apply_fixes",
    "breaking_changes",
    "check",
    "decided",
    "settings_of",
    "without_ignores",
]


def check(model: Model, texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The semantic findings of a model and of the texts that it was read from, in a stable order."""
    return (
        *no_specs(model),
        *requirements(model),
        *entities(model),
        *states(model),
        *endpoints(model),
        *citing(model, texts),
        *secrets(texts),
    )


def decided(
    found: Iterable[Diagnostic], texts: Mapping[str, str], settings: Settings, *, comments: bool = True
) -> tuple[Diagnostic, ...]:
    """The findings that count: with the fixes that are known, the settings applied, the ignored ones left out.

    `comments` is False for findings that come after the others: then no ignore is told to be unused.
    """
    wanted = list(settings.applied([*with_fixes(found, texts), *(settings.refused if comments else ())]))
    kept = judged(wanted, ignores(texts), RULES)
    return tuple(settings.applied(kept if comments else (d for d in kept if d in wanted)))


def settings_of(files: Mapping[str, bytes]) -> Settings:
    """The settings that stand beside the specs."""
    content = files.get(SETTINGS_PATH, b"")[:100_000]
    known = {name: rule.severity for name, rule in RULES.items()}
    return read_settings(content.decode("utf-8", "replace"), known)
