"""Accounts, live: what a door asks and must know now."""

from flaresmith.features.identity.live.recognise import authenticate
from flaresmith.features.identity.live.sign_in import (
    refresh,
    register,
    sign_in,
    sign_in_by_link,
    sign_out,
    sign_out_all,
)
from flaresmith.features.identity.live.this_computer import first_owner, local_token, sign_in_link

__all__ = [
    "authenticate",
    "first_owner",
    "local_token",
    "refresh",
    "register",
    "sign_in",
    "sign_in_by_link",
    "sign_in_link",
    "sign_out",
    "sign_out_all",
]
