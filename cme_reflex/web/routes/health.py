"""Whether this process can do its work, for whoever watches it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cme_reflex.routes import HEALTH
from cme_reflex.services.operations import health
from cme_reflex.web.access_policy import Audience, allow, checked_routes


@allow(Audience.ANYONE)
async def answer(request: Request) -> Response:
    """200 where the database answers, 503 where it does not."""
    well = await health.database_is_reachable()
    return JSONResponse({"database": well}, status_code=200 if well else 503)


ROUTES = checked_routes(Route(HEALTH, answer, methods=["GET"]))
