"""API tokens for the society's own systems: creation, authentication, expiry and revocation.

A token is ``cme_<selector>_<secret>``, shown once and stored as a hash. The selector identifies
its row; the secret is compared in constant time.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.operations.api_scopes import ApiScope
from cme_reflex.services.sign_in import rate_limits
from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.database import read, write
from cme_reflex.store.operations.tables import ApiTokenRow
from cme_reflex.store.upsert import insert_into

PREFIX = "cme"
SELECTOR_BYTES = 6
NAME_LIMIT = 60  # characters
LAST_USED_PRECISION = timedelta(minutes=1)  # so that not every request writes

DEFAULT_LIFETIME = timedelta(days=365)
MAX_LIFETIME = timedelta(days=2 * 366)  # so that every token is renewed, and its scopes looked at

REQUEST_LIMIT = rate_limits.Quota(scope="api", limit=120, window=timedelta(minutes=1))
"""Requests with one token: enough for ten thousand claims in half a minute, then polling."""

_UNKNOWN_HASH = token_hash("")


class InvalidTokenName(ValueError):
    """The name is empty, too long or not printable."""


class TokenNameTaken(Exception):
    """A token with this name exists or was revoked; names in the log must be unique."""


class TokenNotFound(LookupError):
    """There is no token with this name."""


class InvalidToken(Exception):
    """The token is unknown or malformed."""


class TokenRevoked(Exception):
    """The token was revoked."""


class TokenExpired(Exception):
    """The token has expired."""


class InvalidExpiry(ValueError):
    """The expiry is not after the creation, or more than MAX_LIFETIME after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """An API token without its secret. Datetimes are aware UTC."""

    name: str
    scopes: tuple[ApiScope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedToken:
    """A new token with its secret, which cannot be read later."""

    name: str
    token: str
    scopes: tuple[ApiScope, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The system that sends a request: the name of its token, and what it may read."""

    name: str
    scopes: frozenset[ApiScope]


async def create(
    name: str,
    *,
    actor: str,
    now: datetime,
    scopes: Collection[ApiScope] = (ApiScope.CLAIMS,),
    expires_at: datetime | None = None,
) -> CreatedToken:
    """Create a token with a unique name, by default for claims alone and valid for a year.

    Raises InvalidTokenName, TokenNameTaken and InvalidExpiry.
    """
    expires_at = expires_at or now + DEFAULT_LIFETIME
    if not now < expires_at <= now + MAX_LIFETIME:
        raise InvalidExpiry(expires_at)
    granted = tuple(scope for scope in ApiScope if scope in scopes)
    label = " ".join(name.split())
    if not label or len(label) > NAME_LIMIT or not label.isprintable():
        raise InvalidTokenName(name)
    selector, secret = token_hex(SELECTOR_BYTES), new_token()

    def insert(db: Session) -> None:
        statement = (
            insert_into(db, ApiTokenRow)
            .values(
                name=label,
                selector=selector,
                secret_hash=token_hash(secret),
                created_at=now,
                created_by=actor,
                scopes=list(granted),
                expires_at=expires_at,
            )
            .on_conflict_do_nothing(index_elements=["name"])
        )
        if not db.exec(statement).rowcount:
            raise TokenNameTaken(label)

    await write(insert)
    token = f"{PREFIX}_{selector}_{secret}"
    return CreatedToken(name=label, token=token, scopes=granted, expires_at=expires_at)


async def list_all() -> tuple[ApiToken, ...]:
    """Every token that was ever created, in that order, including revoked and expired ones."""

    def load(db: Session) -> tuple[ApiToken, ...]:
        rows = db.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.id)))
        return tuple(map(_api_token, rows))

    return await read(load)


async def revoke(name: str, *, actor: str, now: datetime) -> ApiToken:
    """Revoke a token; revoking it twice changes nothing. Raises TokenNotFound."""

    def mark_revoked(db: Session) -> ApiToken:
        query = select(ApiTokenRow).where(ApiTokenRow.name == name).with_for_update()
        row = db.exec(query).one_or_none()
        if row is None:
            raise TokenNotFound(name)
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by = now, actor
        return _api_token(row)

    return await write(mark_revoked)


async def authenticate(token: str, *, now: datetime) -> ApiClient:
    """Authenticate a request and count it under its token.

    An unknown token is not counted: no number of attempts finds 256 random bits, and whoever makes
    tokens up must not occupy the database. Raises InvalidToken, TokenRevoked, TokenExpired and
    TooManyAttempts.
    """
    row = await _find(token)
    if row is None:
        raise InvalidToken
    await rate_limits.check((REQUEST_LIMIT, str(row.id)), now=now)
    if row.revoked_at is not None:
        raise TokenRevoked(row.name)
    if row.expires_at <= now:
        raise TokenExpired(row.name)
    if row.last_used_at is None or row.last_used_at <= now - LAST_USED_PRECISION:
        await _touch(cast(int, row.id), now)
    return ApiClient(row.name, frozenset(map(ApiScope, row.scopes)))


async def _find(token: str) -> ApiTokenRow | None:
    prefix, _, rest = token.partition("_")
    selector, _, secret = rest.partition("_")
    # Malformed selectors never reach the database.
    well_formed = prefix == PREFIX and selector.isascii() and selector.isalnum()
    if not well_formed or len(selector) != 2 * SELECTOR_BYTES:
        return None
    query = select(ApiTokenRow).where(ApiTokenRow.selector == selector)
    row = await read(lambda db: db.exec(query).one_or_none())
    is_valid = hmac.compare_digest(row.secret_hash if row else _UNKNOWN_HASH, token_hash(secret))
    return row if is_valid else None


async def _touch(token_id: int, now: datetime) -> None:
    statement = sa.update(ApiTokenRow).where(
        col(ApiTokenRow.id) == token_id,
        sa.or_(col(ApiTokenRow.last_used_at).is_(None), col(ApiTokenRow.last_used_at) < now),
    )
    await write(lambda db: db.exec(statement.values(last_used_at=now)))


def _api_token(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        name=row.name,
        scopes=tuple(map(ApiScope, row.scopes)),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
