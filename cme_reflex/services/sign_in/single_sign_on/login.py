"""Single sign-on of members with the society's OpenID Connect provider."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cme_reflex.domain.meetings.meeting import Meeting, SingleSignOn
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import members, rate_limits, registrations
from cme_reflex.services.sign_in.members import MemberNotFound, SubjectMismatch
from cme_reflex.services.sign_in.rate_limits import SINGLE_SIGN_ON_BACKOFF
from cme_reflex.services.sign_in.single_sign_on import oidc
from cme_reflex.services.sign_in.tokens import new_token, token_hash
from cme_reflex.store.database import read, write
from cme_reflex.store.expiry import delete_expired
from cme_reflex.store.sign_in.tables import OidcLoginRow

__all__ = ["MemberNotFound"]

# Of RFC 6749, section 4.1.2.1, and OpenID Connect Core, section 3.1.2.6. Anybody can write another
# into the address of the callback, so that is not repeated.
_ERRORS = frozenset(
    (
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_request",
        "invalid_request_object",
        "invalid_request_uri",
        "invalid_scope",
        "login_required",
        "registration_not_supported",
        "request_not_supported",
        "request_uri_not_supported",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_response_type",
    )
)

LOGIN_LIFETIME = timedelta(minutes=10)  # enough to enter a password and a second factor

_DELETE_EXPIRED = delete_expired(OidcLoginRow, col(OidcLoginRow.expires_at) <= sa.bindparam("now"))


class SingleSignOnNotConfigured(Exception):
    """The meeting has no single sign-on; members sign in with passwords."""


class SignInCancelled(Exception):
    """The member cancelled the sign-in at the provider."""


@dataclass(frozen=True, slots=True)
class OidcLogin:
    """A started login: the provider's URL, and the token for the browser's cookie."""

    token: str
    address: str


async def start_login(
    meeting: str, redirect_uri: str, *, now: datetime, address: str = ""
) -> OidcLogin:
    """Start a login, which can be completed once, in this browser, within LOGIN_LIFETIME.

    `address` is the client's IP address. Raises SingleSignOnNotConfigured, TooManyAttempts and
    oidc.ProviderUnavailable.
    """
    _, configuration = await _configuration(meeting)
    await rate_limits.check((SINGLE_SIGN_ON_BACKOFF, address), now=now)
    token = new_token()
    login_secrets = oidc.LoginSecrets(new_token(), new_token(), secrets.token_urlsafe(48))
    address = await oidc.authorization_url(configuration, login_secrets, redirect_uri, now=now)

    def save(db: Session) -> None:
        db.exec(_DELETE_EXPIRED, params={"now": now})
        db.add(
            OidcLoginRow(
                token_hash=token_hash(token),
                state=login_secrets.state,
                nonce=login_secrets.nonce,
                verifier=login_secrets.verifier,
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
    address: str = "",
) -> registrations.SignInResult:
    """Complete a login with the provider's response, the query of the callback request.

    `address` is the client's IP address. Raises SingleSignOnNotConfigured, SignInCancelled,
    MemberNotFound, NotRegistered, SignInRejected and oidc.ProviderUnavailable.
    """
    terms, configuration = await _configuration(meeting)
    login = await _consume(token, answer.get("state", ""), now)
    if error := answer.get("error"):
        if error == "access_denied":
            raise SignInCancelled
        reason = error if error in _ERRORS else "an error that is none of OpenID Connect"
        raise oidc.SignInRejected(f"the provider says {reason}")
    login_secrets = oidc.LoginSecrets(login.state, login.nonce, login.verifier)
    identity = await oidc.fetch_identity(
        configuration,
        login_secrets,
        login.redirect_uri,
        answer,
        client_secret=client_secret,
        now=now,
    )

    def identify(db: Session) -> int:
        issuer, subject = configuration.issuer, identity.subject
        return members.identify(db, terms, issuer, subject, identity.username, now=now)

    try:
        member_id = await write(identify)
    except SubjectMismatch:
        raise oidc.SignInRejected("the username is bound to another subject") from None
    await _refund(member_id, address, now)
    return await registrations.sign_in_member(
        meeting, member_id, SignInMethod.SINGLE_SIGN_ON, now=now
    )


async def _refund(member_id: int, address: str, now: datetime) -> None:
    """Take a completed login off the count of its address."""
    attempt, person = (SINGLE_SIGN_ON_BACKOFF, address), f"single sign-on {member_id}"
    await write(lambda db: rate_limits.refund(db, attempt, person=person, now=now))


async def _configuration(meeting: str) -> tuple[Meeting, SingleSignOn]:
    programme = await read(lambda db: programme_cache.by_code(db, meeting))
    if programme is None or programme.meeting.single_sign_on is None:
        raise SingleSignOnNotConfigured
    return programme.meeting, programme.meeting.single_sign_on


async def _consume(token: str, state: str, now: datetime) -> OidcLoginRow:
    """Delete and return the login of this browser. Raises SignInRejected.

    A response with another state does not delete it; otherwise an attacker's link could
    break a login in progress.
    """
    query = select(OidcLoginRow).where(
        OidcLoginRow.token_hash == token_hash(token), OidcLoginRow.expires_at > now
    )

    def pending(db: Session, query: SelectOfScalar[OidcLoginRow] = query) -> OidcLoginRow:
        login = db.exec(query).one_or_none()
        if login is None:
            raise oidc.SignInRejected("this browser has no pending login")
        if not compare_digest(login.state.encode(), state.encode("utf-8", "replace")):
            raise oidc.SignInRejected("the state does not match this browser's login")
        return login

    def consume(db: Session) -> OidcLoginRow:
        login = pending(db, query.with_for_update())
        db.exec(sa.delete(OidcLoginRow).where(col(OidcLoginRow.token_hash) == login.token_hash))
        return login

    await read(pending)  # a made-up response writes nothing
    return await write(consume)
