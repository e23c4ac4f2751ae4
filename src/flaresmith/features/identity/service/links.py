"""Verbs of one-time sign-in links; as the machine, for who follows one is not known yet."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import update

from flaresmith.features.identity.errors import LinkInvalid
from flaresmith.features.identity.models import SignInLink
from flaresmith.kit.crypto import new_token, token_hash
from flaresmith.kit.tx import Tx

LINK_LIFE = timedelta(hours=24)


async def make_link(tx: Tx, user_id: uuid.UUID) -> str:
    """A token that signs this person in once, within LINK_LIFE; only its hash is kept."""
    token = new_token()
    tx.add(SignInLink(user_id=user_id, token_hash=token_hash(token), expires_at=tx.now + LINK_LIFE))
    await tx.flush()
    return token


async def use_link(tx: Tx, token: str) -> uuid.UUID:
    """Spend the token and say whose it was; of two at once, one. Raises LinkInvalid."""
    if not token.isascii():
        raise LinkInvalid()
    user_id: uuid.UUID | None = await tx.session.scalar(
        update(SignInLink)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None), SignInLink.expires_at > tx.now)
        .values(used_at=tx.now)
        .returning(SignInLink.user_id)
        .execution_options(synchronize_session=False)
    )
    if user_id is None:
        raise LinkInvalid()
    return user_id
