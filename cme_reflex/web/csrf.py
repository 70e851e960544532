"""Protection against cross-site request forgery (CSRF)."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers


def is_same_site(headers: Headers) -> bool:
    """Whether a request comes from a page of this site, by Sec-Fetch-Site or else Origin.

    True without either header: such a client is not a browser, and CSRF needs one.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
