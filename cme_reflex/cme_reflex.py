"""Composition root: pages, HTTP routes, middleware, stylesheets and lifespan tasks."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import reflex as rx
from starlette.applications import Starlette

from cme_reflex import routes, text
from cme_reflex.components.command_queue import command_queue, hydration_buffer
from cme_reflex.components.error_boundary import error_boundary
from cme_reflex.components.layout.shell import FOOTER
from cme_reflex.components.meeting import meeting
from cme_reflex.files.permissions import private_umask
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
from cme_reflex.reflex_bridge import registry, server, socket_endpoint
from cme_reflex.reflex_bridge.application import Application
from cme_reflex.reflex_bridge.socket_server import socket_server
from cme_reflex.services.clock import clock
from cme_reflex.services.mail.mailer import create_mailer
from cme_reflex.services.mail.worker import mail_worker
from cme_reflex.services.meetings.meeting_view import current_view
from cme_reflex.services.meetings.open_meetings import open_meetings
from cme_reflex.services.operations.mail_renderers import MAIL_RENDERERS
from cme_reflex.settings import settings
from cme_reflex.state.account import Account
from cme_reflex.state.base import commands
from cme_reflex.state.command_queue import CommandQueue
from cme_reflex.state.error_banner import report_page_error, report_server_error
from cme_reflex.state.evaluation import Evaluation
from cme_reflex.state.home import Home
from cme_reflex.state.receipt import Receipt
from cme_reflex.state.registrations import Registrations
from cme_reflex.state.reporting import Reporting
from cme_reflex.state.sessions import Sessions, first_screen
from cme_reflex.state.submit import Submit
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.web import logs
from cme_reflex.web.build_plugins import PAGE_HOOKS
from cme_reflex.web.events.event_validation import EventValidator
from cme_reflex.web.gc_tuning import tuned_gc
from cme_reflex.web.middleware.access_log import AccessLogMiddleware
from cme_reflex.web.middleware.auth_redirect import AuthRedirectMiddleware
from cme_reflex.web.middleware.error_pages import ErrorPageMiddleware, server_error
from cme_reflex.web.middleware.known_meeting import KnownMeetingMiddleware
from cme_reflex.web.middleware.meeting_path import MeetingPathMiddleware
from cme_reflex.web.middleware.proxy_headers import ProxyHeadersMiddleware
from cme_reflex.web.middleware.request_body import RequestBodyMiddleware
from cme_reflex.web.middleware.request_target import RequestTargetMiddleware
from cme_reflex.web.middleware.security_headers import SecurityHeadersMiddleware
from cme_reflex.web.middleware.socket_limits import SocketLimitsMiddleware
from cme_reflex.web.middleware.trusted_host import TrustedHostMiddleware
from cme_reflex.web.pages.first_screen import FirstScreenMiddleware
from cme_reflex.web.pages.meeting_pages import (
    BUILT,
    MeetingPagesMiddleware,
    built_page,
)
from cme_reflex.web.routes import (
    account,
    api,
    certificate,
    health,
    links,
    meeting_files,
    single_sign_on,
    verify,
)
from cme_reflex.web.routes import sign_in as sign_in_routes

logger = logging.getLogger(__name__)

#  route                page         title                        on_load handler
PAGES = [
    (routes.SIGN_IN_FORM, sign_in, text.sign_in.TAB, None),
    (routes.REGISTRATIONS, registrations, text.registrations.TITLE, Registrations.load),
    (routes.HOME, home, text.home.TAB, Home.load),
    (routes.SESSIONS, sessions, text.sessions.TITLE, Sessions.load),
    (routes.EVALUATION, evaluation, text.evaluation.TITLE, Evaluation.load),
    (routes.SUBMIT, submit, text.submit.TITLE, Submit.load),
    (routes.REPORTING, reporting, text.reporting.TAB, Reporting.load),
    (routes.RECEIPT, receipt, text.receipt.TITLE, Receipt.load),
    (routes.ACCOUNT, account_page, text.account.TITLE, Account.load),
    (routes.REQUEST_LINK, sign_in_link, text.sign_in_link.TITLE, None),
    (routes.LINK, link, text.link.TAB, None),
    (routes.PASSWORD, password, text.password.TITLE, None),
    (routes.PRIVACY, privacy, text.privacy.TITLE, None),
    ("/404", not_found, text.not_found.TAB, None),
]
ROUTES = [
    *sign_in_routes.ROUTES,
    *single_sign_on.ROUTES,
    *links.ROUTES,
    *certificate.ROUTES,
    *verify.ROUTES,
    *account.ROUTES,
    *meeting_files.ROUTES,
    *api.ROUTES,
    *health.ROUTES,
]

PAGE_PATHS = {route for route, *_ in PAGES}
KNOWN_PATHS = PAGE_PATHS | {route.path_format for route in ROUTES}
PAGE_FILES = {route: built_page(route) for route in PAGE_PATHS}


@asynccontextmanager
async def database() -> AsyncIterator[None]:
    """Lifespan task: open the database, and close it at shutdown; new files are private."""
    with private_umask():
        open_database(settings().database_url)
        with suppress(Exception):  # a request will say what is wrong
            # Known from now on, should the database go away.
            for each in await open_meetings(now=clock()):
                await current_view(each.code)
        yield
        await close_database()


@asynccontextmanager
async def log() -> AsyncIterator[None]:
    """Lifespan task: configure logging in the worker process, replacing the server's own."""
    logs.configure_logging()
    logger.info(
        "server started", extra=logs.log_extra(meeting=settings().meeting, port=server.port())
    )
    yield


@asynccontextmanager
async def mail() -> AsyncIterator[None]:
    """Lifespan task: run the worker of the mail queue."""
    async with mail_worker(create_mailer(settings(), MAIL_RENDERERS), clock=clock):
        yield


app = Application(
    sio=socket_server(),
    # From the innermost to the outermost: routes, page files, redirects around the sign-in, and
    # the check that there is such a meeting.
    api_transformer=[
        Starlette(routes=ROUTES, exception_handlers={Exception: server_error}),
        partial(MeetingPagesMiddleware, pages=PAGE_FILES),
        partial(
            FirstScreenMiddleware,
            page=PAGE_FILES[routes.SESSIONS],
            open_first_screen=first_screen,
        ),
        AuthRedirectMiddleware,
        KnownMeetingMiddleware,
    ],
    # From the innermost to the outermost, for every request: what is not a path never reaches a
    # router, a body is read before its request is answered, and each response gets the headers.
    outer_middleware=[
        MeetingPathMiddleware,
        ErrorPageMiddleware,
        SocketLimitsMiddleware,
        RequestBodyMiddleware,
        RequestTargetMiddleware,
        TrustedHostMiddleware,
        partial(SecurityHeadersMiddleware, pages=BUILT),
        partial(AccessLogMiddleware, known_paths=KNOWN_PATHS),
        ProxyHeadersMiddleware,
    ],
    html_lang=text.LANGUAGE,
    head_components=[
        # The page is drawn once this has run, so it is requested before the modules.
        rx.el.link(
            rel="preload",
            href=f"/{PAGE_HOOKS}",
            custom_attrs={"as": "script", "fetchPriority": "high"},
        ),
        rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(name="viewport", content="width=device-width, viewport-fit=cover"),
        # Block the first paint until the footer is parsed, to avoid layout shifts.
        rx.el.link(rel="expect", href=f"#{FOOTER}", custom_attrs={"blocking": "render"}),
        rx.el.script(src=f"/{PAGE_HOOKS}"),
    ],
    stylesheets=["/tokens.css", "/components.css"],
    # Tailwind has its own CSS reset. Reflex's toasts and overlays add styles and kilobytes.
    reset_style=False,
    # By priority: outside Reflex's event loop (90), around the pages, around fallible components.
    app_wraps={
        (95, "HydrationBuffer"): lambda _: hydration_buffer(),
        (85, "CommandQueue"): lambda _: command_queue(
            CommandQueue, rx.State.is_hydrated, commands(registry.event_handlers())
        ),
        (55, "ErrorBoundary"): lambda _: error_boundary(),
    },
    toaster=None,
    backend_exception_handler=report_server_error,
    frontend_exception_handler=report_page_error,
)
socket_endpoint.install(app, EventValidator(registry.event_handlers()))
app.register_lifespan_task(log)
app.register_lifespan_task(database)
app.register_lifespan_task(mail)
app.register_lifespan_task(tuned_gc)

for route, page, title, load in PAGES:
    app.add_page(
        page,
        route=route,
        title=text.shell.TAB.format(page=title, meeting=meeting.short_name),
        image=f"{meeting.preview}",
        on_load=load,
    )
