"""All pages of the reference, by file name: the same code always gives the same bytes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path

import flaresmith
from flaresmith.cli.local.docs import data, doors, mistakes, outside, rules

PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": doors.commands,
    "errors.md": mistakes.errors,
    "events.md": data.events,
    "openapi.json": doors.openapi,
    "permissions.md": data.permissions,
    "providers.md": outside.providers,
    "rules.md": rules.rules,
    "settings.md": outside.settings,
    "tables.md": data.tables,
    "targets.md": outside.targets,
}


def generate() -> dict[str, str]:
    """Every page of the reference."""
    import_all()
    return {name: page() for name, page in PAGES.items()}


def generate_rules() -> dict[str, str]:
    """The page of every rule."""
    return rules.rule_pages()


def import_all() -> None:
    """Import every module, so that everything that declares itself has done so."""
    for module in pkgutil.walk_packages(flaresmith.__path__, f"{flaresmith.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def stale(pages: Mapping[str, str], folder: Path) -> list[str]:
    """Names of the files in which a folder differs from the pages: other text, missing, or nobody's."""
    present = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    different = {n for n, text in pages.items() if n not in present or present[n].read_text("utf-8") != text}
    return sorted(different | (present.keys() - pages.keys()))
