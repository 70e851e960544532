"""`cme tokens`: API tokens for the society's own systems."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit
from cme_reflex.cli.runner import actor, run
from cme_reflex.services.clock import clock
from cme_reflex.services.operations import api_tokens
from cme_reflex.services.operations.api_tokens import NAME_LIMIT, ApiToken


def create_token(name: str, *, as_json: bool) -> None:
    """Create a token and print it. Raises CliError for an invalid or used name."""
    operation = api_tokens.create(name, actor=actor(), now=clock())
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
    lines = [created.token, "Keep it now: it is stored as a hash and cannot be shown again."]
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
    yield f"last used {_at(token.last_used_at)}" if token.last_used_at else "never used"
    if token.revoked_at is not None:
        yield f"revoked {_at(token.revoked_at)} by {token.revoked_by}"


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
