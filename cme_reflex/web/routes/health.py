"""Health check for monitoring: whether the database can be reached."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cme_reflex.routes import HEALTH
from cme_reflex.services.operations import health
from cme_reflex.web.access_policy import Audience, allow, checked_routes


@allow(Audience.ANYONE)
async def check(request: Request) -> Response:
    """200 if the database can be reached, 503 if not."""
    reachable = await health.database_is_reachable()
    return JSONResponse({"database": reachable}, status_code=200 if reachable else 503)


ROUTES = checked_routes(Route(HEALTH, check, methods=["GET"]))
