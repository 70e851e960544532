"""The application: its HTTP routes, its pages with route, title and what loads, and its look."""

from functools import partial

import reflex as rx
from starlette.applications import Starlette

from cme_reflex.branding import branding
from cme_reflex.components.boundary import error_boundary
from cme_reflex.pages.not_found import not_found
from cme_reflex.pages.privacy import privacy
from cme_reflex.pages.sign_in import sign_in
from cme_reflex.routes import PRIVACY, SIGN_IN_FORM
from cme_reflex.state.trouble import report
from cme_reflex.web import health, signin
from cme_reflex.web.guard import guarded
from cme_reflex.web.page_files import without_detour

meeting = branding()

# route, page, title, what loads
PAGES = [
    (SIGN_IN_FORM, sign_in, "Log in", None),
    (PRIVACY, privacy, "Privacy", None),
    ("/404", not_found, "No such page", None),
]

app = rx.App(
    # From the inside out: routes beside the socket, the pages' files, the guard before all.
    api_transformer=[
        Starlette(routes=[*signin.ROUTES, *health.ROUTES]),
        partial(without_detour, {route for route, *_ in PAGES}),
        guarded,
    ],
    html_lang="en",
    head_components=[
        rx.el.style(meeting.style),
        rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(name="viewport", content="width=device-width, viewport-fit=cover"),
        rx.el.script(src="/cme.js", type="module"),
    ],
    stylesheets=["/tokens.css", "/look.css"],
    # Tailwind brings a reset of its own; Reflex's toasts and overlays a look and a weight.
    reset_style=False,
    app_wraps={(55, "ErrorBoundary"): error_boundary},
    toaster=None,
    backend_exception_handler=report,
)

for route, page, title, load in PAGES:
    app.add_page(
        page,
        route=route,
        title=f"{title} · {meeting.short_name}",
        image="/favicon.svg",
        on_load=load,
    )
