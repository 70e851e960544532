"""Members' single sign-on: a browser departs to the society's provider, and comes back once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.services.sign_in import authentication, oidc
from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.database import read, write
from cme_reflex.store.expiry import delete_expired
from cme_reflex.store.people.tables import MemberRow
from cme_reflex.store.sign_in.tables import OidcLoginRow

LOGIN_LIFETIME = timedelta(minutes=10)  # to find a password, or a telephone for the second factor

_EXPIRED = delete_expired(OidcLoginRow, col(OidcLoginRow.expires_at) <= sa.bindparam("now"))


class SingleSignOnNotConfigured(Exception):
    """The meeting's members have passwords here."""


class SignInCancelled(Exception):
    """The member broke it off at the provider."""


class MemberNotFound(Exception):
    """Somebody proved who they are, and members.csv has no such username."""


@dataclass(frozen=True, slots=True)
class OidcLogin:
    """Where the browser goes, and the token that it comes back with in its cookie."""

    token: str
    address: str


async def start_login(meeting: str, redirect_uri: str, *, now: datetime) -> OidcLogin:
    """Begin: what comes back is good once, in this browser, for a few minutes.

    Raises SingleSignOnNotConfigured and oidc.ProviderUnavailable.
    """
    configuration = await _configuration(meeting)
    token = new_token()
    own = oidc.LoginSecrets(new_token(), new_token(), secrets.token_urlsafe(48))
    address = await oidc.authorization_url(configuration, own, redirect_uri, now=now)

    def save(db: Session) -> None:
        db.exec(_EXPIRED, params={"now": now})
        db.add(
            OidcLoginRow(
                token_hash=token_hash(token),
                state=own.state,
                nonce=own.nonce,
                verifier=own.verifier,
                redirect_uri=redirect_uri,
                expires_at=now + LOGIN_LIFETIME,
            )
        )

    await write(save)
    return OidcLogin(token, address)


async def complete_login(
    meeting: str,
    token: str,
    answer: Mapping[str, str],
    *,
    client_secret: str,
    now: datetime,
) -> authentication.SignInResult:
    """Come back with the provider's answer, the query of this very request.

    Raises SingleSignOnNotConfigured, SignInCancelled, MemberNotFound, NotRegistered, SignInRejected
    and oidc.ProviderUnavailable.
    """
    configuration = await _configuration(meeting)
    login = await _consume(token, answer.get("state", ""), now)
    if error := answer.get("error"):
        if error == "access_denied":
            raise SignInCancelled
        raise oidc.SignInRejected(f"the provider says {error[:60]!r}")
    own = oidc.LoginSecrets(login.state, login.nonce, login.verifier)
    username = await oidc.fetch_username(
        configuration, own, login.redirect_uri, answer, client_secret=client_secret, now=now
    )
    found = select(MemberRow.id).where(MemberRow.username == username.strip().casefold())
    member_id = await read(lambda db: db.exec(found).one_or_none())
    if member_id is None:
        raise MemberNotFound
    return await authentication.sign_in_member(meeting, member_id, now=now)


async def _configuration(meeting: str) -> SingleSignOn:
    configuration = await authentication.single_sign_on_terms(meeting)
    if configuration is None:
        raise SingleSignOnNotConfigured
    return configuration


async def _consume(token: str, state: str, now: datetime) -> OidcLoginRow:
    """The login of this browser, which nobody can take a second time.

    An answer with another state leaves it, or a stranger's link would spoil a
    sign-in that is under way.
    """

    def take(db: Session) -> OidcLoginRow:
        found = select(OidcLoginRow).where(
            OidcLoginRow.token_hash == token_hash(token), OidcLoginRow.expires_at > now
        )
        login = db.exec(found.with_for_update()).one_or_none()
        if login is None:
            raise oidc.SignInRejected("this browser did not depart, or came back before")
        if not compare_digest(login.state.encode(), state.encode("utf-8", "replace")):
            raise oidc.SignInRejected("the state is not that of this browser")
        db.exec(sa.delete(OidcLoginRow).where(col(OidcLoginRow.token_hash) == login.token_hash))
        return login

    return await write(take)
