"""Read-only HTTP API for a society's own systems; docs/integration.md is its manual."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from math import ceil
from typing import Annotated, TypeAlias

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from cme_reflex import routes
from cme_reflex.domain.operations.api_scopes import ApiScope
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.formats.reports.claims_feed import claim_json, page_json
from cme_reflex.services.claims import claims_feed
from cme_reflex.services.claims.reopening import ReceiptNotFound
from cme_reflex.services.clock import clock
from cme_reflex.services.operations import api_tokens
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.routes import problems
from cme_reflex.web.routes.api_document import document

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
ScopedEndpoint: TypeAlias = Callable[[Request, frozenset[ApiScope]], Awaitable[Response]]

EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _require_iso_instant(text: object) -> object:
    # Pydantic reads a bare number as seconds; an unescaped "+" arrives as a space.
    if not isinstance(text, str) or "T" not in text.upper() or " " in text:
        raise ValueError("not an ISO 8601 instant")
    return text


class ClaimsQuery(BaseModel):
    """Query parameters of a page of claims."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[
        str,
        Field(
            description="The `next_cursor` of the page before; `start` for the first one.",
            json_schema_extra={"pattern": f"^({claims_feed.CURSOR_PATTERN})$"},
        ),
    ] = claims_feed.START
    since: Annotated[
        AwareDatetime | None,
        BeforeValidator(_require_iso_instant),
        Field(
            description="Omit versions submitted before this instant, such as "
            "`2026-01-31T00:00:00Z`. To continue an earlier read, use `cursor`."
        ),
    ] = None
    meeting: Annotated[
        str | None,
        Field(
            pattern="^[A-Za-z0-9-]{1,32}$",
            description="Only versions of the meeting with this code, such as `pstm24`.",
        ),
    ] = None
    limit: Annotated[
        int,
        Field(
            ge=1, le=claims_feed.MAX_PAGE_SIZE, description="Maximum number of versions on a page."
        ),
    ] = 100


def require_token(endpoint: ScopedEndpoint) -> Endpoint:
    """Decorator: require a valid bearer token for claims, and pass on its scopes.

    The request is counted against the token's rate limit.
    """

    @wraps(endpoint)
    async def authorized(request: Request) -> Response:
        now = clock()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return _unauthorized("Send the header Authorization: Bearer with a token.", "")
        try:
            client = await api_tokens.authenticate(token.strip(), now=now)
        except api_tokens.InvalidToken:
            return _unauthorized("The token is not valid.", ', error="invalid_token"')
        except api_tokens.TokenRevoked as revoked:
            return problems.REVOKED.response(f"The token {revoked} was revoked; ask for another.")
        except api_tokens.TokenExpired as expired:
            return problems.EXPIRED.response(f"The token {expired} has expired; ask for another.")
        except TooManyAttempts as error:
            seconds = max(1, ceil((error.until - now) / timedelta(seconds=1)))
            return problems.TOO_MANY.response(
                f"Try again in {seconds} s.", {"retry-after": str(seconds)}
            )
        if ApiScope.CLAIMS not in client.scopes:
            return problems.SCOPE.response(f"The token {client.name} lacks the scope claims.")
        return await endpoint(request, client.scopes)

    return allow(Audience.SYSTEM)(authorized)


@require_token
async def claims(request: Request, scopes: frozenset[ApiScope]) -> Response:
    """A page of submitted versions, in commit order."""
    parameters = request.query_params
    try:
        if len(parameters.multi_items()) > len(parameters):
            return problems.BAD_PARAMETER.response("Give each parameter once.")
        query = ClaimsQuery.model_validate(dict(parameters))
        page = await claims_feed.load_page(
            cursor=query.cursor,
            since=_to_utc(query.since),
            meeting=query.meeting,
            limit=query.limit,
            scopes=scopes,
        )
    except ValidationError as error:
        return problems.BAD_PARAMETER.response(_first_error(error))
    except claims_feed.InvalidCursor:
        return problems.BAD_PARAMETER.response(
            "cursor: use the next_cursor of the previous page unchanged, or omit it to start."
        )
    except MeetingNotFound:
        return problems.NO_SUCH_MEETING.response("No meeting has this code.")
    except claims_feed.CursorExpired:
        return problems.CURSOR_GONE.response(
            "The records were restored from a backup since. Read again from the start; skip every "
            "receipt number that you already have."
        )
    return _json(page_json(page, scopes))


@require_token
async def claim(request: Request, scopes: frozenset[ApiScope]) -> Response:
    """One submitted version by its receipt number."""
    try:
        version = await claims_feed.load_claim(request.path_params["receipt_number"], scopes=scopes)
    except ReceiptNotFound:
        return problems.NO_SUCH_CLAIM.response("No submitted version has this receipt number.")
    return _json(claim_json(version, scopes))


@allow(Audience.ANYONE)
async def openapi(request: Request) -> Response:
    """The OpenAPI document of the API."""
    return JSONResponse(document(ClaimsQuery), headers={"cache-control": "no-store"})


@allow(Audience.ANYONE)
async def not_found(request: Request) -> Response:
    """Any other request to the API: 404, or 405 where the path exists but is read-only."""
    if any(route.matches(request.scope)[0] is Match.PARTIAL for route in _READ_ROUTES):
        return problems.READ_ONLY.response("Use GET.", {"allow": "GET, HEAD"})
    return problems.NO_SUCH_PATH.response(f"The API is described at {routes.API_OPENAPI}.")


def _unauthorized(detail: str, error: str) -> Response:
    challenge = {"www-authenticate": f'Bearer realm="claims"{error}'}
    return problems.NO_TOKEN.response(detail, challenge)


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(first["loc"][0])
    remedies = {
        "since": "write an instant with its zone, such as 2026-01-31T00:00:00Z, and + as %2B.",
        "meeting": "write a meeting's code, such as pstm24.",
        "limit": f"write a whole number from 1 to {claims_feed.MAX_PAGE_SIZE}.",
    }
    remedy = f"{name}: {remedies.get(name, '')}"
    return remedy if name in remedies else f"There is no parameter {name[:40]!r}."


def _to_utc(since: datetime | None) -> datetime | None:
    """The instant in UTC, clamped to the first or last one that Python can represent."""
    if since is None:
        return None
    try:
        return since.astimezone(UTC)
    except OverflowError:
        return _FIRST if since.year == _FIRST.year else _LAST


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


_READ_ROUTES = [
    Route(routes.API_CLAIMS, claims, methods=["GET"]),
    Route(routes.API_CLAIM, claim, methods=["GET"]),
    Route(routes.API_OPENAPI, openapi, methods=["GET"]),
]
ROUTES = checked_routes(
    *_READ_ROUTES,
    Route("/api/{rest:path}", not_found, methods=EVERY_METHOD),
)
