"""What can go wrong with specs."""

from flaresmith.kit.errors import Conflict, Invalid, NotFound


class SpecInvalid(Invalid):
    """These specs have errors; nothing was changed. Each error names its file and line."""

    code, severity = "SPEC_PARSE_ERROR", "error"


class SpecDriftConflict(Conflict):
    """Files that were edited by hand would be overwritten; nothing was changed."""

    code = "SPEC_DRIFT_CONFLICT"


class DestructiveRefused(Conflict):
    """This would lose data; nothing was changed. Allow each loss by its name to go on."""

    code = "SPEC_DESTRUCTIVE_REFUSED"


class PlanStale(Conflict):
    """The specs or the project have changed since this plan was made. Make a new plan."""

    code = "SPEC_PLAN_STALE"


class SpecNotFound(NotFound):
    """This project has no specs yet."""

    code = "SPEC_NOT_FOUND"
