"""How Reflex builds the frontend. Everything that a deployment chooses is in settings.py."""

import reflex as rx

from cme_reflex.reflex_bridge.frontend_build import RelativeSocketUrlPlugin
from cme_reflex.web.build_assets import BuildAssetsPlugin
from cme_reflex.web.build_plugins import PageHooksPlugin, ShapesPlugin

config = rx.Config(
    app_name="cme_reflex",
    # No plugins for Tailwind: its typography would come by default and is not used.
    plugins=[
        rx.plugins.TailwindV4Plugin({"plugins": []}),
        RelativeSocketUrlPlugin(),
        PageHooksPlugin(),
        ShapesPlugin(),
        BuildAssetsPlugin(),
    ],
    # A claim is nobody's search result.
    disable_plugins=[rx.plugins.SitemapPlugin],
    # No page of another site may read answers of this one.
    cors_allowed_origins=[],
    # Over HTTPS every browser takes Brotli, which saves a tenth of the first load; gzip is for the
    # rest. Both are made at the build, by their hardest.
    frontend_compression_formats=["brotli", "gzip"],
    telemetry_enabled=False,
    show_built_with_reflex=False,
)
if config.redis_url is None:
    # What a tab shows can be made anew from its address and the database, so it is kept in memory
    # alone. Files of it would hold what attendees type, and they are looked through all the time.
    config.state_manager_mode = rx.constants.StateManagerMode.MEMORY
