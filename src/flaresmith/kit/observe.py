"""Logs as JSON lines, Prometheus metrics, and the health of a role."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client import ProcessCollector as _ProcessCollector

from flaresmith.kit.errors import Problem
from flaresmith.kit.redact import redacted

REGISTRY = CollectorRegistry()
_ProcessCollector(registry=REGISTRY)

requests_total = Counter("http_requests_total", "Requests answered.", ["method", "status"], registry=REGISTRY)
request_duration = Histogram(
    "http_request_duration_ms",
    "Time to the last byte of a reply, in milliseconds.",
    registry=REGISTRY,
    buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000),
)
errors_total = Counter("errors_total", "Problems answered.", ["code", "severity"], registry=REGISTRY)
provisioning_duration = Histogram(
    "provisioning_duration_seconds",
    "Wall time of a convergence run.",
    ["kind"],
    registry=REGISTRY,
    buckets=(0.5, 1, 2, 5, 10, 20, 30, 60, 90, 180),
)
transitions_total = Counter(
    "environment_state_transitions_total", "Environment state changes.", ["from", "to"], registry=REGISTRY
)
provider_calls_total = Counter(
    "provider_calls_total", "Calls to providers.", ["provider", "kind", "verb", "outcome"], registry=REGISTRY
)
up = Gauge("up_role", "1 for the role that this process plays.", ["role"], registry=REGISTRY)

Check = Callable[[], Awaitable[Any]]


def configure_logs(level: str = "info") -> None:
    """Write logs as JSON lines on standard error, with secrets redacted."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
            structlog.processors.format_exc_info,
            lambda _logger, _method, entry: redacted(dict(entry)),
            structlog.processors.JSONRenderer(serializer=lambda v, **_: orjson.dumps(v, default=str).decode()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def log() -> Any:
    """The logger."""
    return structlog.get_logger()


def metrics() -> bytes:
    """All metrics of this process as Prometheus text."""
    return generate_latest(REGISTRY)


async def health(checks: Mapping[str, Check], *, limit: float = 3.0) -> tuple[bool, dict[str, str]]:
    """Run every check with a time limit in seconds; whether all passed, and a word for each."""

    async def one(check: Check) -> str:
        try:
            await asyncio.wait_for(check(), limit)
        except TimeoutError:
            return f"no answer in {limit:g} s"
        except Problem as problem:
            return problem.message
        except Exception as error:
            return type(error).__name__
        return "ok"

    words = await asyncio.gather(*(one(check) for check in checks.values()))
    return all(word == "ok" for word in words), dict(zip(checks, words, strict=True))
