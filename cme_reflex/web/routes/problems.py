"""Problem details of the HTTP API (RFC 9457): `application/problem+json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
_TYPES = "urn:problem-type:cme-reflex:"


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: the last part of its `type`, its status and its title."""

    name: str
    status: HTTPStatus
    title: str

    @property
    def type(self) -> str:
        """The URI that identifies this kind of problem to programs."""
        return f"{_TYPES}{self.name}"

    def response(self, detail: str, headers: Mapping[str, str] | None = None) -> Response:
        """The response. `detail` names the error in this request and its remedy."""
        body = {
            "type": self.type,
            "title": self.title,
            "status": int(self.status),
            "detail": detail,
        }
        return Response(
            json.dumps(body, ensure_ascii=False),
            status_code=self.status,
            media_type=MEDIA_TYPE,
            headers={"cache-control": "no-store", **(headers or {})},
        )


BAD_PARAMETER = Problem("bad-parameter", HTTPStatus.BAD_REQUEST, "A parameter cannot be read")
NO_TOKEN = Problem("no-token", HTTPStatus.UNAUTHORIZED, "A token is needed")
REVOKED = Problem("token-revoked", HTTPStatus.FORBIDDEN, "The token was revoked")
EXPIRED = Problem("token-expired", HTTPStatus.FORBIDDEN, "The token has expired")
SCOPE = Problem("scope-missing", HTTPStatus.FORBIDDEN, "The token may not read this")
NO_SUCH_CLAIM = Problem("no-such-claim", HTTPStatus.NOT_FOUND, "There is no such claim")
NO_SUCH_MEETING = Problem("no-such-meeting", HTTPStatus.NOT_FOUND, "There is no such meeting")
NO_SUCH_PATH = Problem("no-such-path", HTTPStatus.NOT_FOUND, "There is nothing at this address")
READ_ONLY = Problem("only-read", HTTPStatus.METHOD_NOT_ALLOWED, "This address is read-only")
CURSOR_GONE = Problem("cursor-gone", HTTPStatus.GONE, "The cursor has expired")
TOO_MANY = Problem("too-many-requests", HTTPStatus.TOO_MANY_REQUESTS, "Too many requests")
UNAVAILABLE = Problem(
    "unavailable", HTTPStatus.SERVICE_UNAVAILABLE, "The records cannot be read at the moment"
)
