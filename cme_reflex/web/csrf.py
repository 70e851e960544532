"""Protection against cross-site request forgery: whether a page of this site made a request."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers


def is_same_site(headers: Headers) -> bool:
    """Whether the browser says so; a client without these headers is no browser to be misled."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
