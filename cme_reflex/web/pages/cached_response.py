"""Responses that browsers keep and revalidate by their ETag."""

import gzip
import hashlib
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class CachedContent:
    """Content that is sent more than once, with its ETag; `compressed` is empty if it is not."""

    plain: bytes
    media_type: str
    etag: str
    compressed: bytes = b""


def cached_content(plain: bytes, media_type: str, *, compress: bool = False) -> CachedContent:
    """The content with its ETag, and compressed by gzip at its highest level if that is asked."""
    return CachedContent(
        plain,
        media_type,
        f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
        gzip.compress(plain, mtime=0) if compress else b"",
    )


def cached_response(request: Request, content: CachedContent) -> Response:
    """The content, compressed if the browser accepts that, or 304 if the browser has it."""
    headers = {"etag": content.etag}
    if content.compressed:
        headers["vary"] = "accept-encoding"
    if content.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = content.plain
    if content.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        body = content.compressed
        headers["content-encoding"] = "gzip"
    return Response(body, media_type=content.media_type, headers=headers)
