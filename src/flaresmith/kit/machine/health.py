"""Asking a part whether it is well: one small HTTP request on loopback, never longer than its time limit."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

LIMIT = 64 * 1024


def probe(url: str, seconds: float = 1.0) -> tuple[int, bytes]:
    """`GET url/health`: status and body (at most 64 KiB); status 0 when nobody answers in time."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=seconds)
    try:
        connection.request("GET", "/health", headers={"Connection": "close", "Accept": "application/json"})
        response = connection.getresponse()
        return response.status, response.read(LIMIT)
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def is_well(url: str, seconds: float = 1.0) -> bool:
    """Whether the part behind this URL answers 200."""
    return probe(url, seconds)[0] == 200
