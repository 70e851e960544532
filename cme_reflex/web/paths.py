"""Canonical form of request paths."""

from posixpath import normpath


def canonical_path(path: str) -> str:
    """The canonical path of a page: ``canonical_path("/claim/index.html") == "/claim"``.

    The file server normalizes dots and double slashes too, and serves a page under each spelling.
    """
    plain = "/" + normpath(path).lstrip("/")
    for ending in ("/index.html", ".html"):
        plain = plain.removesuffix(ending)
    return plain or "/"
