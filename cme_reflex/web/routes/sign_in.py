"""Sign-in and sign-out over plain HTTP: posted forms, cookies, and redirects with status 303."""

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cme_reflex import text
from cme_reflex.domain.sign_in.browsers import browser_kind
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.domain.sign_in.second_number import SecondNumberRequired
from cme_reflex.routes import (
    ACCOUNT,
    CHOOSE_REGISTRATION,
    FORGET_BROWSER,
    HOME,
    OTHER_MEETING,
    REGISTRATIONS,
    REQUEST_LINK,
    SIGN_IN,
    SIGN_IN_FORM,
    SIGN_OUT,
    SSO,
    STEP_UP,
    StepUp,
    in_meeting,
)
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import (
    authentication,
    credentials,
    known_browser,
    own_sign_ins,
    registrations,
)
from cme_reflex.services.sign_in.other_meetings import SignInEnded, sign_in_to_other_meeting
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.client_address import client_address
from cme_reflex.web.csrf import is_same_site
from cme_reflex.web.forms import read_form
from cme_reflex.web.meeting import BROWSER_COOKIES, meeting_code
from cme_reflex.web.middleware.access_log import MESSAGE_CODE
from cme_reflex.web.pages.sign_in_page import TYPED, second_number_page

# What the browser forgets at sign-out: files, and pages that it keeps for the Back button. Not
# "storage", which has the commands of taps that the server has not got yet (a queue belongs to one
# attendee and is sent for nobody else), and not "cookies", which are those of the society's whole
# domain.
CLEARED_AT_SIGN_OUT = '"cache"'


_CODES: Mapping[type[Exception], str] = {
    registrations.NotRegistered: "member-not-registered",
    registrations.MeetingArchived: "archived",
    credentials.PasswordSignInDisabled: "sso-only",
}
"""Codes of the form's messages by what is raised."""


@allow(Audience.ANYONE)
async def sign_in(request: Request) -> Response:
    """Sign in with the posted form, and redirect to the page that the attendee had requested.

    An error returns to the form as a code in the URL's fragment. The form's page contains a
    message for each code, shown by CSS, so that it needs no script.
    """
    if rejection := reject_form(request):
        return rejection
    form = await read_form(request)
    as_member = form.get("way") == "member"
    names = ("username", "password") if as_member else ("last_name", "number")
    first, second = (form.get(name, "") for name in names)
    if not (first.strip() and second.strip()):
        return back_to_form("member-missing" if as_member else "missing")
    meeting, now, address = meeting_code(request.scope), clock(), client_address(request.scope)
    known = cookies.token_in(request.headers.get("cookie", ""), cookies.KNOWN_BROWSER)
    try:
        if as_member:
            result = await credentials.sign_in_with_password(
                meeting, first, second, now=now, address=address, known=known
            )
        else:
            token = await credentials.sign_in_with_badge(
                meeting,
                first,
                second,
                form.get("second_number", ""),
                now=now,
                address=address,
                known=known,
            )
            result = registrations.SignedIn(token)
    except SecondNumberRequired as error:
        code = "both-numbers" if error.always else "second-number"
        return await _with_second_number(request, code, form)
    except credentials.InvalidCredentials:
        if form.get("second_number", "").strip():
            return await _with_second_number(request, "numbers-not-recognised", form)
        return back_to_form("member-not-recognised" if as_member else "not-recognised")
    except tuple(_CODES) as error:
        return back_to_form(_CODES[type(error)])
    except TooManyAttempts as error:
        return back_to_form(text.sign_in.wait_code(error.until, now))
    return await complete_sign_in(request, result)


@allow(Audience.ANYONE)
async def choose(request: Request) -> Response:
    """Sign in with the chosen one of several registrations."""
    if rejection := reject_form(request):
        return rejection
    attendee_id = await _chosen_registration(request)
    token = cookies.token_in(request.headers.get("cookie", ""), cookies.CHOICE)
    try:
        token = await registrations.choose_registration(token, attendee_id, now=clock())
    except (authentication.NotSignedIn, registrations.NotRegistered):
        return back_to_form("choice-expired")
    except registrations.MeetingArchived:
        return back_to_form("archived")
    return await complete_sign_in(request, registrations.SignedIn(token))


@allow(Audience.ANYONE)
async def step_up(request: Request) -> Response:
    """Lead to a stronger sign-in; it returns to the page named in the query."""
    page, way = request.query_params.get("page", HOME), request.query_params.get("way")
    if way == StepUp.LINK:
        address = REQUEST_LINK
    elif await credentials.single_sign_on_terms(meeting_code(request.scope)) is not None:
        address = SSO
    else:
        address = f"{SIGN_IN_FORM}#step-up"
    response = RedirectResponse(address, status_code=303)
    cookies.set_next(response, cookies.next_address(page))
    return response


@allow(Audience.ATTENDEE)
async def other_meeting(request: Request) -> Response:
    """Sign a member in to another meeting, and open the claim there."""
    if rejection := reject_form(request):
        return rejection
    attendee_id = await _chosen_registration(request)
    token, now = cookies.token_in(request.headers.get("cookie", "")), clock()
    meeting = meeting_code(request.scope)
    try:
        other = await sign_in_to_other_meeting(meeting, token, attendee_id, now=now)
    except authentication.NotSignedIn:
        return back_to_form("expired")
    except SignInEnded as ended:
        return RedirectResponse(
            in_meeting(ended.meeting, f"{SIGN_IN_FORM}#expired"), status_code=303
        )
    except (registrations.NotRegistered, registrations.MeetingArchived):
        return RedirectResponse(ACCOUNT, status_code=303)
    browser = browser_kind(request.headers.get("user-agent", ""))
    await own_sign_ins.record_browser(other.token, browser)
    response = RedirectResponse(in_meeting(other.meeting, HOME), status_code=303)
    cookies.set_sign_in(response, other.token, meeting=other.meeting, is_other=True)
    return response


@allow(Audience.ANYONE)
async def sign_out(request: Request) -> Response:
    """End the sign-in in the browser and on the server. All changes are saved already.

    Those of the same member to other meetings end with it, because one tap leads from them back.
    """
    if rejection := reject_form(request):
        return rejection
    elsewhere = _sign_ins_elsewhere(request)
    token = cookies.token_in(request.headers.get("cookie", ""))
    ended = await registrations.sign_out_elsewhere(token, elsewhere.values())
    await _end_sign_in(request)
    return _signed_out("signed-out", [name for name, other in elsewhere.items() if other in ended])


@allow(Audience.ANYONE)
async def forget_browser(request: Request) -> Response:
    """End all sign-ins of a shared browser, and have it forget who has signed in there."""
    if rejection := reject_form(request):
        return rejection
    elsewhere = _sign_ins_elsewhere(request)
    own = cookies.token_in(request.headers.get("cookie", ""))
    await registrations.sign_out(own, *elsewhere.values())
    of_all_meetings = (cookies.KNOWN_BROWSER, cookies.LATEST_MEETING)
    of_this_one = (cookies.CHOICE, cookies.NEXT)
    return _signed_out("browser-forgotten", [*elsewhere, *of_all_meetings, *of_this_one])


def _sign_ins_elsewhere(request: Request) -> dict[str, str]:
    header = request.scope.get(BROWSER_COOKIES, "")
    return cookies.sign_ins_elsewhere(header, meeting_code(request.scope))


def _signed_out(code: str, names: Iterable[str]) -> Response:
    """Return to the form with the message of this code, without these cookies."""
    response = back_to_form(code)
    for name in (cookies.SIGN_IN, *names):
        cookies.delete_cookie(response, name)
    response.headers["clear-site-data"] = CLEARED_AT_SIGN_OUT
    return response


async def complete_sign_in(request: Request, result: registrations.SignInResult) -> Response:
    """Set the sign-in cookie, end the previous sign-in, and redirect to the requested page.

    With several registrations, redirects to the page to choose one of them instead.
    """
    if isinstance(result, registrations.RegistrationChoiceRequired):
        response = RedirectResponse(REGISTRATIONS, status_code=303)
        cookies.set_cookie(response, cookies.CHOICE, result.token, registrations.CHOICE_LIFETIME)
        return response
    await _end_sign_in(request)
    header = request.headers.get("cookie", "")
    browser = browser_kind(request.headers.get("user-agent", ""))
    try:
        attendee_id = await own_sign_ins.record_browser(result.token, browser)
    except authentication.NotSignedIn:
        return back_to_form("expired")
    address = cookies.next_address(cookies.token_in(header, cookies.NEXT))
    response = RedirectResponse(address, status_code=303)
    cookies.set_sign_in(response, result.token, meeting=meeting_code(request.scope))
    known = cookies.token_in(header, cookies.KNOWN_BROWSER)
    known = known_browser.remember(known, attendee_id, now=clock())
    cookies.set_cookie(response, cookies.KNOWN_BROWSER, known, known_browser.LIFETIME)
    for temporary in (cookies.NEXT, cookies.CHOICE, cookies.OIDC_LOGIN):
        if cookies.token_in(header, temporary):
            cookies.delete_cookie(response, temporary)
    return response


def back_to_form(code: str) -> Response:
    """Redirect to the sign-in page with the message of this code."""
    return RedirectResponse(f"{SIGN_IN_FORM}#{code}", status_code=303)


async def _with_second_number(request: Request, code: str, form: Mapping[str, str]) -> Response:
    """The form again, with what was typed, the field of the second number, and this message."""
    request.scope[MESSAGE_CODE] = code
    typed = {name: form.get(name, "")[: credentials.INPUT_LIMIT] for name in TYPED}
    return await second_number_page(meeting_code(request.scope), code, typed) or back_to_form(code)


async def _chosen_registration(request: Request) -> int:
    """The id of a registration in a posted form; 0, which is nobody's, for anything else."""
    value = (await read_form(request)).get("registration", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def reject_form(request: Request) -> Response | None:
    """The error response to a cross-site form; None for any other."""
    return None if is_same_site(request.headers) else _cross_site()


def _cross_site() -> Response:
    return PlainTextResponse(text.sign_in.ANOTHER_SITE, status_code=403)


async def _end_sign_in(request: Request) -> None:
    if token := cookies.token_in(request.headers.get("cookie", "")):
        await registrations.sign_out(token)


ROUTES = checked_routes(
    Route(SIGN_IN, sign_in, methods=["POST"]),
    Route(CHOOSE_REGISTRATION, choose, methods=["POST"]),
    Route(STEP_UP, step_up, methods=["GET"]),
    Route(OTHER_MEETING, other_meeting, methods=["POST"]),
    Route(SIGN_OUT, sign_out, methods=["POST"]),
    Route(FORGET_BROWSER, forget_browser, methods=["POST"]),
)
