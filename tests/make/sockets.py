"""Tests speak to this machine only: a connection to anywhere else fails the test that tried."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def close_all_but_loopback() -> None:
    """From now on no socket of this process connects beyond loopback."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign,assignment]


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            raise AssertionError(f"a test tried to reach {address[0]}: tests speak to loopback only")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "")
