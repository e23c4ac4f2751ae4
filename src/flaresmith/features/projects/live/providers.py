"""The providers' kinds, connected once per event loop."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping

from flaresmith.features.projects.errors import ProviderUnknown
from flaresmith.kit.resources import Provider, ResourceKind
from flaresmith.providers import all_providers

_Connected = dict[str, "asyncio.Task[Mapping[str, ResourceKind]]"]
_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Connected] = weakref.WeakKeyDictionary()


async def kind(provider: str, name: str) -> ResourceKind:
    """One kind of a provider, ready to use; ProviderUnknown when there is no such thing."""
    kinds = await connect(provider)
    if name not in kinds:
        raise ProviderUnknown(f"The provider {provider} has no {name}.")
    return kinds[name]


async def connect(provider: str) -> Mapping[str, ResourceKind]:
    """All kinds of a provider; Unavailable when it is not configured."""
    connected = _by_loop.setdefault(asyncio.get_running_loop(), {})
    if provider not in connected or (connected[provider].done() and connected[provider].exception()):
        connected[provider] = asyncio.ensure_future(_find(provider).connect())
    return await connected[provider]


def limits() -> dict[str, int]:
    """How many calls each provider takes at once."""
    return {name: provider.concurrency for name, provider in all_providers().items()}


def require_providers(chosen: Mapping[str, str]) -> None:
    """ProviderUnknown unless each role's provider exists and plays that role."""
    for role, name in chosen.items():
        if role not in _find(name).roles:
            raise ProviderUnknown(f"The provider {name} cannot play the role {role}.")


def _find(name: str) -> Provider:
    providers = all_providers()
    if name not in providers:
        raise ProviderUnknown(f"There is no provider {name}.", hint=f"There are: {', '.join(providers)}.")
    return providers[name]
