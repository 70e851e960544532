"""HTTP endpoints that Reflex itself serves.

Relies on: `reflex_base.constants.Endpoint` lists all paths that Reflex serves beside the pages.
"""

from reflex_base.constants import Endpoint

FRAMEWORK_PATHS = frozenset(f"/{endpoint.value}" for endpoint in Endpoint)
"""Reflex's paths: uploads, ping, health, lists of routes, and the socket."""
