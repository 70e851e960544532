"""Tokens with which systems of the society's read claims: made once, kept as a hash, revoked.

A token is ``cme_<selector>_<secret>``. The selector finds its row; whether the secret is right is
compared in a time that does not depend on it.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.services.sign_in import rate_limits
from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.database import read, write
from cme_reflex.store.operations.tables import ApiTokenRow
from cme_reflex.store.upsert import insert_into

PREFIX = "cme"
SELECTOR_BYTES = 6
NAME_LIMIT = 60  # characters
LAST_USED_PRECISION = timedelta(minutes=1)  # how exactly it is known when a token was last used

REQUEST_LIMIT = rate_limits.Quota(scope="api", limit=120, window=timedelta(minutes=1))
"""What one token may ask: ten thousand claims in half a minute, and then every few seconds."""

UNKNOWN_TOKEN_LIMIT = rate_limits.Quota(
    scope="api stranger", limit=30, window=timedelta(minutes=10)
)
"""Wrong tokens from one address; a right one of the same address is not concerned."""

_UNKNOWN_HASH = token_hash("")


class InvalidTokenName(ValueError):
    """No name that a list could show."""


class TokenNameTaken(Exception):
    """There is, or was, a token of this name; the log would not tell them apart."""


class TokenNotFound(LookupError):
    """There is no token of this name."""


class InvalidToken(Exception):
    """What was shown is no token of ours."""


class TokenRevoked(Exception):
    """The token is one of ours, and was revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What may be known of a token. Instants are aware UTC."""

    name: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedToken:
    """A token at the one moment at which it is known whole."""

    name: str
    token: str


async def create(name: str, *, actor: str, now: datetime) -> CreatedToken:
    """Make a token with a name to know it by. Raises InvalidTokenName and TokenNameTaken."""
    known_as = " ".join(name.split())
    if not known_as or len(known_as) > NAME_LIMIT or not known_as.isprintable():
        raise InvalidTokenName(name)
    selector, secret = token_hex(SELECTOR_BYTES), new_token()

    def insert(db: Session) -> None:
        made = (
            insert_into(db, ApiTokenRow)
            .values(
                name=known_as,
                selector=selector,
                secret_hash=token_hash(secret),
                created_at=now,
                created_by=actor,
            )
            .on_conflict_do_nothing(index_elements=["name"])
        )
        if not db.exec(made).rowcount:
            raise TokenNameTaken(known_as)

    await write(insert)
    return CreatedToken(name=known_as, token=f"{PREFIX}_{selector}_{secret}")


async def list_all() -> tuple[ApiToken, ...]:
    """Every token that was ever made, in that order, those that were revoked too."""

    def load(db: Session) -> tuple[ApiToken, ...]:
        rows = db.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.id)))
        return tuple(map(_api_token, rows))

    return await read(load)


async def revoke(name: str, *, actor: str, now: datetime) -> ApiToken:
    """Revoke a token; revoking it twice changes nothing. Raises TokenNotFound."""

    def mark_revoked(db: Session) -> ApiToken:
        found = select(ApiTokenRow).where(ApiTokenRow.name == name).with_for_update()
        row = db.exec(found).one_or_none()
        if row is None:
            raise TokenNotFound(name)
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by = now, actor
        return _api_token(row)

    return await write(mark_revoked)


async def authenticate(token: str, *, now: datetime, address: str) -> str:
    """The name of the token that was shown, from this address; the request is counted.

    Raises InvalidToken, TokenRevoked and TooManyAttempts.
    """
    row = await _find(token)
    if row is None:
        await rate_limits.check((UNKNOWN_TOKEN_LIMIT, address), now=now)
        raise InvalidToken
    await rate_limits.check((REQUEST_LIMIT, str(row.id)), now=now)
    if row.revoked_at is not None:
        raise TokenRevoked(row.name)
    if row.last_used_at is None or row.last_used_at <= now - LAST_USED_PRECISION:
        await _touch(cast(int, row.id), now)
    return row.name


async def _find(token: str) -> ApiTokenRow | None:
    prefix, _, rest = token.partition("_")
    selector, _, secret = rest.partition("_")
    # No other selector was ever given out, and no text of another kind reaches the database.
    well_formed = prefix == PREFIX and selector.isascii() and selector.isalnum()
    if not well_formed or len(selector) != 2 * SELECTOR_BYTES:
        return None
    found = select(ApiTokenRow).where(ApiTokenRow.selector == selector)
    row = await read(lambda db: db.exec(found).one_or_none())
    right = hmac.compare_digest(row.secret_hash if row else _UNKNOWN_HASH, token_hash(secret))
    return row if right else None


async def _touch(token_id: int, now: datetime) -> None:
    used = sa.update(ApiTokenRow).where(
        col(ApiTokenRow.id) == token_id,
        sa.or_(col(ApiTokenRow.last_used_at).is_(None), col(ApiTokenRow.last_used_at) < now),
    )
    await write(lambda db: db.exec(used.values(last_used_at=now)))


def _api_token(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        name=row.name,
        created_at=row.created_at,
        created_by=row.created_by,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
