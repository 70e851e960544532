"""`cme tokens`: API tokens for the society's own systems."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit
from cme_reflex.cli.runner import actor, run
from cme_reflex.domain.operations.api_scopes import ApiScope
from cme_reflex.services.clock import clock
from cme_reflex.services.operations import api_tokens
from cme_reflex.services.operations.api_tokens import NAME_LIMIT, ApiToken

# As long as an earlier version's tokens, which had no expiry, are valid after the upgrade.
WARNED_BEFORE = timedelta(days=90)


def create_token(
    name: str, *, scopes: list[ApiScope] | None, expires: str | None, as_json: bool
) -> None:
    """Create a token and print it. Raises CliError for an invalid or used name or expiry."""
    operation = api_tokens.create(
        name,
        actor=actor(),
        now=clock(),
        scopes=scopes or (ApiScope.CLAIMS,),
        expires_at=_end_of_day(expires) if expires else None,
    )
    try:
        created = run(operation)
    except api_tokens.InvalidTokenName:
        raise CliError(
            f"A name must have 1 to {NAME_LIMIT} printable characters. No token was created."
        ) from None
    except api_tokens.TokenNameTaken as taken:
        raise CliError(
            f"A token named {taken} exists or was revoked. Choose another name, such as one with "
            "the year in it."
        ) from None
    except api_tokens.InvalidExpiry:
        raise CliError(
            "--expires must be a day within the next two years. No token was created."
        ) from None
    lines = [
        created.token,
        f"It reads {_scopes(created.scopes)}, until {_at(created.expires_at)}.",
        "Keep it now: it is stored as a hash and cannot be shown again.",
    ]
    emit(lines, created, as_json=as_json)


def list_tokens(*, as_json: bool) -> None:
    """Print all tokens, without their secrets."""
    tokens = run(api_tokens.list_all())
    lines = (
        map(_line, tokens)
        if tokens
        else ["There are no tokens. Create one with: cme tokens new NAME"]
    )
    emit(lines, tokens, as_json=as_json)


def revoke_token(name: str, *, as_json: bool) -> None:
    """Revoke a token. Raises CliError if there is none with this name."""
    operation = api_tokens.revoke(name, actor=actor(), now=clock())
    try:
        revoked = run(operation)
    except api_tokens.TokenNotFound:
        raise CliError(f"There is no token {name}. List them: cme tokens list") from None
    emit([_line(revoked)], revoked, as_json=as_json)


def _line(token: ApiToken) -> str:
    return ", ".join(_parts(token))


def _parts(token: ApiToken) -> Iterator[str]:
    yield f"{token.name}: created {_at(token.created_at)} by {token.created_by}"
    yield f"reads {_scopes(token.scopes)}"
    yield f"last used {_at(token.last_used_at)}" if token.last_used_at else "never used"
    if token.revoked_at is not None:
        yield f"revoked {_at(token.revoked_at)} by {token.revoked_by}"
    elif token.expires_at <= clock():
        yield f"expired {_at(token.expires_at)}"
    elif token.expires_at <= clock() + WARNED_BEFORE:
        yield f"WARNING: it expires {_at(token.expires_at)}; replace it by a new one"
    else:
        yield f"expires {_at(token.expires_at)}"


def _scopes(scopes: Sequence[ApiScope]) -> str:
    return " and ".join(scopes)


def _end_of_day(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time.max, UTC)
    except ValueError:
        raise CliError(f"--expires {day} is not a date. Write it as 2026-12-31.") from None


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
