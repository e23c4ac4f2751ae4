"""The outside world, one folder each: every folder offers its `PROVIDER` (or several, as `PROVIDERS`)."""

from __future__ import annotations

import importlib
import pkgutil

from flaresmith.kit.resources import Provider


def all_providers() -> dict[str, Provider]:
    """Every provider by name, found by looking at the folders; two of the same name are a mistake in the house."""
    found: dict[str, Provider] = {}
    for folder in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        for provider in _offered(folder):
            if provider.name in found:
                raise RuntimeError(f"two providers are named {provider.name!r}; the second is in {folder!r}")
            found[provider.name] = provider
    return found


def _offered(folder: str) -> tuple[Provider, ...]:
    module = importlib.import_module(f"{__name__}.{folder}")
    if one := getattr(module, "PROVIDER", None):
        return (one,)
    return tuple(module.PROVIDERS)
