"""What can go wrong when a commit is built, deployed or run."""

from __future__ import annotations

from typing import Any

from flaresmith.kit import errors
from flaresmith.kit.errors import Failed, Invalid, Problem, Unavailable


class DeploymentFailed(Failed):
    """The new version does not run; the last good one keeps running."""

    code = "DEPLOYMENT_FAILED"
    status = 502
    severity = "error"
    retry = "none"


class ReleaseInvalid(Invalid):
    """The commit cannot be made into a release."""

    code = "DEPLOYMENT_RELEASE_INVALID"


class DependencyMissing(Invalid):
    """A dependency of the service is not installed and could not be installed."""

    code = "DEPLOYMENT_DEPENDENCY_MISSING"


class TestsFailed(Invalid):
    """Tests of the commit fail."""

    code = "BUILD_TESTS_FAILED"
    __test__ = False


class RuntimeUnavailable(Unavailable):
    """The local runtime does not answer."""

    code = "RUNTIME_UNAVAILABLE"


_KNOWN = {
    kind.__name__: kind
    for kind in (
        DeploymentFailed,
        ReleaseInvalid,
        DependencyMissing,
        TestsFailed,
        RuntimeUnavailable,
        errors.Conflict,
        errors.NotFound,
        errors.Invalid,
        errors.Unavailable,
        errors.Failed,
    )
}


def to_json(problem: Problem) -> dict[str, Any]:
    """A problem as the daemon sends it."""
    kind = next((k.__name__ for k in type(problem).__mro__ if k.__name__ in _KNOWN), "Failed")
    return {"kind": kind, "message": problem.message, "hint": problem.hint, "details": problem.details}


def from_json(answer: dict[str, Any]) -> Problem:
    """The problem that the daemon sent."""
    kind = _KNOWN.get(str(answer.get("kind")), errors.Failed)
    return kind(str(answer.get("message", "")), hint=str(answer.get("hint", "")), details=answer.get("details"))
