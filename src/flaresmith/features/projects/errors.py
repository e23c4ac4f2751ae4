"""What can go wrong with projects."""

from flaresmith.kit.errors import BadRequest, Conflict, Invalid, NotFound


class ProjectNotFound(NotFound):
    """There is no such project, or it is not yours."""

    code, severity = "PROJECT_NOT_FOUND", "error"


class ProjectNameTaken(Conflict):
    """Your organization has a project of this name already."""

    code, severity = "PROJECT_NAME_CONFLICT", "error"


class EnvironmentNotFound(NotFound):
    """There is no such environment, or it is not yours."""

    code, severity = "ENV_NOT_FOUND", "error"


class TransitionInvalid(Conflict):
    """The environment cannot go there from its present state."""

    code, severity = "ENV_INVALID_TRANSITION", "error"


class RunNotFound(NotFound):
    """There is no such run, or it is not yours."""

    code = "RUN_NOT_FOUND"


class RunInProgress(Conflict):
    """Another run of this project is not finished. Wait for it, or cancel it."""

    code = "RUN_IN_PROGRESS"


class ProviderUnknown(BadRequest):
    """There is no such provider for this role."""

    code = "PROVIDER_UNKNOWN"


class LastOwner(Conflict):
    """A project keeps at least one owner."""

    code = "PROJECT_LAST_OWNER"


class IdempotencyMismatch(Invalid):
    """This Idempotency-Key was used for another request."""

    code = "IDEMPOTENCY_MISMATCH"
