"""Every rule by its name: what the compiler may say about specs."""

from __future__ import annotations

from collections.abc import Mapping

from flaresmith.compiler.check.catalogue import changes, contracts, endpoints, entities, fields, files, lint, stories
from flaresmith.compiler.check.rules import Rule

_MODULES = (files, stories, entities, fields, contracts, endpoints, changes, lint)

RULES: Mapping[str, Rule] = {
    rule.id: rule for rule in sorted((each for module in _MODULES for each in module.RULES), key=lambda one: one.id)
}
