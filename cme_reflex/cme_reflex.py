"""The application: its pages with route, title and what loads, its HTTP routes, and its look."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import reflex as rx
from reflex_base.environment import environment
from starlette.applications import Starlette

from cme_reflex import logs, meeting_files, routes, words
from cme_reflex.branding import accents, current_meeting
from cme_reflex.build import SHAPES
from cme_reflex.components.boundary import error_boundary
from cme_reflex.components.outbox import hold, outbox
from cme_reflex.components.shell import FOOTER
from cme_reflex.garbage import seldom_sought
from cme_reflex.pages.account import account as account_page
from cme_reflex.pages.evaluation import evaluation
from cme_reflex.pages.home import home
from cme_reflex.pages.link import link
from cme_reflex.pages.not_found import not_found
from cme_reflex.pages.password import password
from cme_reflex.pages.privacy import privacy
from cme_reflex.pages.receipt import receipt
from cme_reflex.pages.registrations import registrations
from cme_reflex.pages.reporting import reporting
from cme_reflex.pages.sessions import sessions
from cme_reflex.pages.sign_in import sign_in
from cme_reflex.pages.sign_in_link import sign_in_link
from cme_reflex.pages.submit import submit
from cme_reflex.post_office import post_office
from cme_reflex.services.clock import clock
from cme_reflex.services.postman import sending
from cme_reflex.settings import ROOT, settings
from cme_reflex.state.account import Account
from cme_reflex.state.evaluation import Evaluation
from cme_reflex.state.first_screen import first_screen
from cme_reflex.state.home import Home
from cme_reflex.state.receipt import Receipt
from cme_reflex.state.registrations import Registrations
from cme_reflex.state.reporting import Reporting
from cme_reflex.state.sessions import Sessions
from cme_reflex.state.submit import Submit
from cme_reflex.state.trouble import report, report_page
from cme_reflex.store.database import close_database, open_database
from cme_reflex.web import (
    account,
    api,
    certificate,
    entrance,
    frames,
    health,
    links,
    signin,
    single_sign_on,
    verify,
)
from cme_reflex.web.access_log import logged
from cme_reflex.web.client_address import behind_proxies
from cme_reflex.web.failures import failed, with_failures
from cme_reflex.web.filled_page import filled
from cme_reflex.web.guard import guarded
from cme_reflex.web.headers import with_headers
from cme_reflex.web.host import for_this_host
from cme_reflex.web.page_files import without_detour
from cme_reflex.web.socket import bounded

logger = logging.getLogger(__name__)

#  route                page         title                        what loads
PAGES = [
    (routes.SIGN_IN_FORM, sign_in, words.sign_in.TAB, None),
    (routes.REGISTRATIONS, registrations, words.registrations.TITLE, Registrations.load),
    (routes.HOME, home, words.home.TAB, Home.load),
    (routes.SESSIONS, sessions, words.sessions.TITLE, Sessions.load),
    (routes.EVALUATION, evaluation, words.evaluation.TITLE, Evaluation.load),
    (routes.SUBMIT, submit, words.submit.TITLE, Submit.load),
    (routes.REPORTING, reporting, words.reporting.TAB, Reporting.load),
    (routes.RECEIPT, receipt, words.receipt.TITLE, Receipt.load),
    (routes.ACCOUNT, account_page, words.account.TITLE, Account.load),
    (routes.ASK_LINK, sign_in_link, words.sign_in_link.TITLE, None),
    (routes.LINK, link, words.link.TAB, None),
    (routes.PASSWORD, password, words.password.TITLE, None),
    (routes.PRIVACY, privacy, words.privacy.TITLE, None),
    ("/404", not_found, words.not_found.TAB, None),
]
ROUTES = [
    *signin.ROUTES,
    *single_sign_on.ROUTES,
    *links.ROUTES,
    *certificate.ROUTES,
    *verify.ROUTES,
    *account.ROUTES,
    *api.ROUTES,
    *health.ROUTES,
]

KNOWN = {route for route, *_ in PAGES} | {route.path_format for route in ROUTES}
BUILT = ROOT / ".web" / "build" / "client"


@asynccontextmanager
async def database() -> AsyncIterator[None]:
    """The database, open for as long as the process serves."""
    open_database(settings().database_url)
    yield
    await close_database()


@asynccontextmanager
async def log() -> AsyncIterator[None]:
    """The log, set up in the process that serves; the server's own start has set up another."""
    logs.set_up()
    port = environment.REFLEX_BACKEND_PORT.get()
    logger.info("serving", extra=logs.fields(meeting=settings().meeting, port=port))
    yield


@asynccontextmanager
async def mail() -> AsyncIterator[None]:
    """What is posted is sent, for as long as the process serves."""
    async with sending(post_office(settings()), clock=clock):
        yield


app = rx.App(
    # From the inside out: routes beside the socket, the pages' files, the guard before them,
    # words for what fails in all these, the bounds of the socket, and what concerns every request.
    api_transformer=[
        Starlette(routes=ROUTES, exception_handlers={Exception: failed}),
        partial(without_detour, {route for route, *_ in PAGES}),
        partial(filled, BUILT.parent / SHAPES / "sessions.html", first_screen),
        guarded,
        with_failures,
        bounded,
        for_this_host,
        partial(with_headers, BUILT),
        partial(logged, KNOWN),
        behind_proxies,
    ],
    html_lang=words.LANGUAGE,
    head_components=[
        rx.el.style(accents()),
        rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(name="viewport", content="width=device-width, viewport-fit=cover"),
        *meeting_files.head(),
        # Nothing is painted by halves, which would move when the rest of the page comes.
        rx.el.link(rel="expect", href=f"#{FOOTER}", custom_attrs={"blocking": "render"}),
        rx.el.script(src="/cme.js", type="module"),
    ],
    stylesheets=["/tokens.css", "/look.css"],
    # Tailwind brings a reset of its own; Reflex's toasts and overlays a look and a weight.
    reset_style=False,
    # Around Reflex's event loop, which is 90; around the pages; and around what may fail in them.
    app_wraps={(95, "Hold"): hold, (85, "Outbox"): outbox, (55, "ErrorBoundary"): error_boundary},
    toaster=None,
    backend_exception_handler=report,
    frontend_exception_handler=report_page,
)
entrance.put_before(app)
frames.put_before(app)
app.register_lifespan_task(log)
app.register_lifespan_task(database)
app.register_lifespan_task(mail)
app.register_lifespan_task(seldom_sought)

for route, page, title, load in PAGES:
    app.add_page(
        page,
        route=route,
        title=words.shell.TAB.format(page=title, meeting=current_meeting().short_name),
        image=meeting_files.picture(),
        on_load=load,
    )
