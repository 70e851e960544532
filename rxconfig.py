"""Configuration of Reflex's frontend build. A deployment's settings are in settings.py."""

import reflex as rx

from cme_reflex.reflex_bridge.frontend_build import RelativeSocketUrlPlugin
from cme_reflex.web.build_assets import BuildAssetsPlugin
from cme_reflex.web.build_plugins import PageHooksPlugin

config = rx.Config(
    app_name="cme_reflex",
    # No Tailwind plugins: the typography plugin, which is the default, is not used.
    plugins=[
        rx.plugins.TailwindV4Plugin({"plugins": []}),
        RelativeSocketUrlPlugin(),
        PageHooksPlugin(),
        BuildAssetsPlugin(),
    ],
    # Search engines must not index the site, so it has no sitemap.
    disable_plugins=[rx.plugins.SitemapPlugin],
    # Pages of other sites may not read responses of this one.
    cors_allowed_origins=[],
    # Every browser accepts Brotli over HTTPS, which saves a tenth of the first load; gzip is for
    # plain HTTP. The build compresses with both at their highest level.
    frontend_compression_formats=["brotli", "gzip"],
    telemetry_enabled=False,
    show_built_with_reflex=False,
)
if config.redis_url is None:
    # A tab's state can be rebuilt from its address and the database, so it stays in memory. State
    # files on disk would contain what attendees type, and Reflex would scan them continually.
    config.state_manager_mode = rx.constants.StateManagerMode.MEMORY
