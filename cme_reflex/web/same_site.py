"""Whether a request was made by a page of this site."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers


def from_this_site(headers: Headers) -> bool:
    """Whether the browser says so; a client that says nothing is no browser to be misled."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
