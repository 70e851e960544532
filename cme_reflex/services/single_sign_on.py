"""Members' single sign-on: a browser departs to the society's provider, and comes back once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.meeting import SingleSignOn
from cme_reflex.services import oidc, signin
from cme_reflex.services.tokens import new_token, token_hash
from cme_reflex.store.database import read, write
from cme_reflex.store.sweeping import sweeping
from cme_reflex.store.tables import DepartureRow, MemberRow

DEPARTURE_LASTS = timedelta(minutes=10)  # to find a password, or a telephone for the second factor

_EXPIRED = sweeping(DepartureRow, col(DepartureRow.expires_at) <= sa.bindparam("now"))


class NotConfigured(Exception):
    """The meeting's members have passwords here."""


class Cancelled(Exception):
    """The member broke it off at the provider."""


class UnknownMember(Exception):
    """Somebody proved who they are, and members.csv has no such username."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the token that it comes back with in its cookie."""

    token: str
    address: str


async def depart(meeting: str, redirect_uri: str, *, now: datetime) -> Departure:
    """Begin: what comes back is good once, in this browser, for a few minutes.

    Raises NotConfigured and oidc.ProviderUnavailable.
    """
    configuration = await _configuration(meeting)
    token = new_token()
    own = oidc.Secrets(new_token(), new_token(), secrets.token_urlsafe(48))
    address = await oidc.address(configuration, own, redirect_uri, now=now)

    def save(db: Session) -> None:
        db.exec(_EXPIRED, params={"now": now})
        db.add(
            DepartureRow(
                token_hash=token_hash(token),
                state=own.state,
                nonce=own.nonce,
                verifier=own.verifier,
                redirect_uri=redirect_uri,
                expires_at=now + DEPARTURE_LASTS,
            )
        )

    await write(save)
    return Departure(token, address)


async def arrive(
    meeting: str,
    token: str,
    answer: Mapping[str, str],
    *,
    client_secret: str,
    now: datetime,
) -> signin.Admission:
    """Come back with the provider's answer, the query of this very request.

    Raises NotConfigured, Cancelled, UnknownMember, signin.NotRegistered, oidc.SignInRefused
    and oidc.ProviderUnavailable.
    """
    configuration = await _configuration(meeting)
    departure = await _consume(token, answer.get("state", ""), now)
    if error := answer.get("error"):
        if error == "access_denied":
            raise Cancelled
        raise oidc.SignInRefused(f"the provider says {error[:60]!r}")
    own = oidc.Secrets(departure.state, departure.nonce, departure.verifier)
    username = await oidc.username(
        configuration, own, departure.redirect_uri, answer, client_secret=client_secret, now=now
    )
    found = select(MemberRow.id).where(MemberRow.username == username.strip().casefold())
    member_id = await read(lambda db: db.exec(found).one_or_none())
    if member_id is None:
        raise UnknownMember
    return await signin.known_member(meeting, member_id, now=now)


async def _configuration(meeting: str) -> SingleSignOn:
    configuration = await signin.single_sign_on(meeting)
    if configuration is None:
        raise NotConfigured
    return configuration


async def _consume(token: str, state: str, now: datetime) -> DepartureRow:
    """The departure of this browser, which nobody can take a second time.

    An answer with another state leaves it, or a stranger's link would spoil a
    sign-in that is under way.
    """

    def take(db: Session) -> DepartureRow:
        found = select(DepartureRow).where(
            DepartureRow.token_hash == token_hash(token), DepartureRow.expires_at > now
        )
        departure = db.exec(found.with_for_update()).one_or_none()
        if departure is None:
            raise oidc.SignInRefused("this browser did not depart, or came back before")
        if not compare_digest(departure.state.encode(), state.encode("utf-8", "replace")):
            raise oidc.SignInRefused("the state is not that of this browser")
        db.exec(sa.delete(DepartureRow).where(col(DepartureRow.token_hash) == departure.token_hash))
        return departure

    return await write(take)
