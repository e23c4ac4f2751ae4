"""The pages of settings, providers and targets: what is told from outside, and what reaches outside."""

from __future__ import annotations

import enum
import importlib
import inspect
import sys
import typing
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from flaresmith.cli.local.docs.markdown import code, page, sentence, table
from flaresmith.compiler.targets import all_targets
from flaresmith.providers import all_providers

_SETTINGS = (
    "Settings are environment variables; the first of several names wins. A value marked *secret* is never logged and "
    "never shown. Production refuses to start on a weak one and names the key, never the value."
)
_PROVIDERS = (
    "A provider plays one or more roles of a project and offers kinds of resources. Every kind can read, create, "
    "update, delete and list, and each of these is safe to repeat."
)
_TARGETS = "A target turns the model of the specs into files; the same model always gives the same bytes."
_VERBS = ("read", "create", "update", "delete", "list")


def settings() -> str:
    """Each group of settings, the kit's first."""
    groups = sorted(
        _settings_classes(), key=lambda one: (not one.__module__.startswith("flaresmith.kit"), one.__module__)
    )
    return page("Settings", _SETTINGS, *(_group(one) for one in groups))


def providers() -> str:
    """Providers, their roles and their kinds."""
    parts = []
    for name, provider in sorted(all_providers().items()):
        rows = [
            (code(kind.name), sentence(kind), ", ".join(map(code, sorted(kind.secret_outputs))) or "none")
            for kind in _kinds(name)
        ]
        plays = f"{provider.title}. Roles: {', '.join(provider.roles)}. At most {provider.concurrency} calls at once."
        parts.append(f"## `{name}`\n\n{plays}\n\n" + table(("Kind", "What it is", "Secret outputs"), rows))
    return page("Providers", _PROVIDERS, *parts)


def targets() -> str:
    """Targets with their languages."""
    rows = []
    for name, target in all_targets().items():
        module = importlib.import_module(f"flaresmith.compiler.targets.{name.replace('-', '_')}")
        rows.append((code(name), target.language, sentence(module)))
    return page("Targets", _TARGETS, table(("Target", "Language", "What it makes"), rows))


def _settings_classes() -> Iterator[type[BaseSettings]]:
    for module in _modules("flaresmith"):
        for each in vars(module).values():
            if inspect.isclass(each) and issubclass(each, BaseSettings) and each.__module__ == module.__name__:
                yield each


def _group(group: type[BaseSettings]) -> str:
    prefix = str(group.model_config.get("env_prefix", ""))
    rows = [
        (
            " or ".join(code(name) for name in _names(prefix, name, field)),
            _default(field),
            ("*secret* · " if _is_secret(field) else "") + (field.description or ""),
        )
        for name, field in group.model_fields.items()
    ]
    place = code(group.__module__.removeprefix("flaresmith."))
    return f"## {place}\n\n{sentence(group)}\n\n" + table(("Variable", "Default", "What it is"), rows)


def _names(prefix: str, name: str, field: FieldInfo) -> list[str]:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices if str(choice).isupper()]
    return [alias] if isinstance(alias, str) else [f"{prefix}{name}".upper()]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if isinstance(field.default, enum.Enum):
        return code(field.default.value)
    return code(field.default) if field.default not in (None, "") else "none"


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr or SecretStr in typing.get_args(field.annotation)


def _kinds(provider: str) -> list[Any]:
    """The classes of a provider's folder that can do what a kind of resource can."""
    found = {
        each
        for module in _modules(f"flaresmith.providers.{provider}")
        for each in vars(module).values()
        if inspect.isclass(each)
        and each.__module__ == module.__name__
        and all(hasattr(each, verb) for verb in (*_VERBS, "secret_outputs"))
        and isinstance(getattr(each, "name", None), str)
    }
    return sorted(found, key=lambda kind: str(kind.name))


def _modules(name: str) -> list[ModuleType]:
    return [sys.modules[each] for each in sorted(sys.modules) if each == name or each.startswith(f"{name}.")]
