"""The HTTP endpoints that Reflex serves by itself.

Relies on: `reflex_base.constants.Endpoint` lists all paths that Reflex serves beside the pages.
"""

from reflex_base.constants import Endpoint

FRAMEWORK_PATHS = frozenset(f"/{endpoint.value}" for endpoint in Endpoint)
"""Reflex's own paths: uploads, a ping, health, lists of routes; and the socket."""
