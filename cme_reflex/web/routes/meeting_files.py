"""Files of a meeting that its pages link to: logos, icons, preview image, web app manifest."""

import json
import mimetypes
from dataclasses import asdict
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cme_reflex.routes import MEETING_FILE
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.services.meetings.meeting_view import FACTS, current_view, logo, newest_meeting
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.pages.cached_response import cached_content, cached_response
from cme_reflex.web.pages.meeting_images import IMAGES, MANIFEST, image, manifest


@allow(Audience.ANYONE)
async def file(request: Request) -> Response:
    """The file with this name, or 404 if the meeting has none."""
    code, name = request.path_params["code"], request.path_params["file"]
    try:
        content = await _content(code, name)
    except MeetingNotFound:
        content = None
    if content is None:
        return PlainTextResponse(HTTPStatus.NOT_FOUND.phrase, HTTPStatus.NOT_FOUND)
    media_type = mimetypes.guess_type(name)[0] or "application/manifest+json"
    return cached_response(request, cached_content(content, media_type))


async def _content(code: str, name: str) -> bytes | None:
    if name == FACTS:
        return json.dumps(asdict(await current_view(code)), ensure_ascii=False).encode()
    meeting = await newest_meeting(code)
    if name == MANIFEST:
        return json.dumps(manifest(meeting), ensure_ascii=False).encode()
    if name in IMAGES:
        return await pdf_pool.render(lambda meeting: image(meeting, name), meeting)
    return await logo(meeting, name)


ROUTES = checked_routes(Route(MEETING_FILE, file, methods=["GET"]))
