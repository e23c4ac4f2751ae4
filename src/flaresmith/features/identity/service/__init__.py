"""Verbs of identity: the only writer of its tables."""

from flaresmith.features.identity.service.accounts import (
    CREATE_ORGANIZATION,
    OWNER_EMAIL,
    create_organization,
    open_account,
    open_first_account,
    replace_password_hash,
)
from flaresmith.features.identity.service.links import LINK_LIFE, make_link, use_link
from flaresmith.features.identity.service.passwords import refuse_weak
from flaresmith.features.identity.service.sessions import (
    ABSOLUTE,
    ACCESS,
    GRACE,
    REFRESH,
    SEEN_EVERY,
    WEB_IDLE,
    Issued,
    end_all,
    end_session,
    open_session,
    rotate,
    touch,
)
from flaresmith.features.identity.service.throttle import count_attempt, forget_attempts

__all__ = [
    "ABSOLUTE",
    "ACCESS",
    "CREATE_ORGANIZATION",
    "GRACE",
    "LINK_LIFE",
    "OWNER_EMAIL",
    "REFRESH",
    "SEEN_EVERY",
    "WEB_IDLE",
    "Issued",
    "count_attempt",
    "create_organization",
    "end_all",
    "end_session",
    "forget_attempts",
    "make_link",
    "open_account",
    "open_first_account",
    "open_session",
    "refuse_weak",
    "replace_password_hash",
    "rotate",
    "touch",
    "use_link",
]
