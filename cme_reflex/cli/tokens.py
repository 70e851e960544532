"""`cme tokens`: what the society's own systems read claims with."""

from collections.abc import Iterator
from datetime import UTC, datetime
from getpass import getuser

from cme_reflex.cli.database import run
from cme_reflex.cli.faults import Fault
from cme_reflex.cli.output import answer
from cme_reflex.services import api_tokens
from cme_reflex.services.api_tokens import NAME_LIMIT, ApiToken
from cme_reflex.services.clock import clock


def new(name: str, *, as_json: bool) -> None:
    """Make a token and print it, this once. Raises Fault for a name that cannot be."""
    asked = api_tokens.make(name, actor=f"staff {getuser()}", now=clock())
    try:
        made = run(asked)
    except api_tokens.InvalidTokenName:
        raise Fault(f"A name has up to {NAME_LIMIT} characters. No token was made.") from None
    except api_tokens.TokenNameTaken as taken:
        raise Fault(
            f"There is or was a token {taken} already. Choose another name, such as one with the "
            "year in it."
        ) from None
    words = [made.token, "Keep it now: it is stored as a hash and cannot be shown again."]
    answer(words, made, as_json=as_json)


def listed(*, as_json: bool) -> None:
    """Print every token that was made, without its secret."""
    tokens = run(api_tokens.known())
    words = map(_told, tokens) if tokens else ["There is no token. Make one: cme tokens new NAME"]
    answer(words, tokens, as_json=as_json)


def revoke(name: str, *, as_json: bool) -> None:
    """Revoke a token. Raises Fault where there is none of this name."""
    asked = api_tokens.revoke(name, actor=f"staff {getuser()}", now=clock())
    try:
        revoked = run(asked)
    except api_tokens.NoSuchToken:
        raise Fault(f"There is no token {name}. List them: cme tokens list") from None
    answer([_told(revoked)], revoked, as_json=as_json)


def _told(token: ApiToken) -> str:
    return ", ".join(_parts(token))


def _parts(token: ApiToken) -> Iterator[str]:
    yield f"{token.name}: made {_at(token.created_at)} by {token.created_by}"
    yield f"last used {_at(token.last_used_at)}" if token.last_used_at else "never used"
    if token.revoked_at is not None:
        yield f"revoked {_at(token.revoked_at)} by {token.revoked_by}"


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
