"""All words for people that the program itself says, in one place, ready for translation.

Screens say hours where the code says quarters, and name the zone of every instant.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cme_reflex.domain.account import Entry, Reported, Reporting
from cme_reflex.domain.attendee import InvalidName, UnprintableName
from cme_reflex.domain.claim import CreditLimitExceeded, OverlapPolicy
from cme_reflex.domain.credit import InvalidHours, hours
from cme_reflex.domain.evaluation import InvalidAnswer
from cme_reflex.domain.meeting import ClaimPeriod
from cme_reflex.domain.overlap import Window
from cme_reflex.domain.passwords import LONGEST, SHORTEST
from cme_reflex.domain.programme import NotEligible, NotYetEnded, PresentedByAttendee
from cme_reflex.domain.reporting import ConsentChanged, ConsentMissing, Fault
from cme_reflex.domain.submission import (
    ClaimLocked,
    ClaimPeriodClosed,
    ClaimPeriodNotOpen,
    InvalidCommand,
    Need,
    NotInClaim,
    NotSubmitted,
    ReopeningNotAllowed,
    StaleRevision,
    Status,
)

SIGN_IN_ERRORS: Mapping[str, str] = {
    "not-recognised": "We could not find that combination. Check the spelling of your last name, "
    "and the number on your badge or in your confirmation e-mail.",
    "missing": "Fill in both your last name and your badge or confirmation number.",
    "member-not-recognised": "We could not find that combination of username and password.",
    "member-missing": "Fill in both your username and your password.",
    "member-not-registered": "Your account is fine, but it has no registration for this meeting. "
    "Sign in with your badge or confirmation number, or ask us for help.",
    "sso-only": "Passwords are no longer taken here. Use the button instead.",
    "sso-failed": "That sign-in could not be completed. Please start again.",
    "sso-cancelled": "You did not finish signing in. Start again, or use your badge.",
    "sso-unavailable": "Your account cannot be reached at the moment. Try again in a few minutes, "
    "or sign in with your badge or confirmation number.",
    "sso-unknown": "You are signed in there, but we do not know your account yet. Sign in with "
    "your badge or confirmation number, or ask us for help.",
    "expired": "You were signed out after a time. Everything you entered is saved; "
    "sign in to go on.",
    "choice-expired": "That took too long. Please sign in again.",
}
"""What the sign-in says after a fault, by the code in its address."""

WAITS = (1, 2, 5, 10, 15)
"""Minutes that somebody may be told to wait; each has a message in the sign-in's page."""

LINK_NOTICES: Mapping[str, str] = {
    "link-sent": "If this address is registered for the meeting, a link is on its way to it. It is "
    "good for 15 minutes. Nothing there after a minute or two? Look among your junk mail, and "
    "whether you registered with another address.",
    "link-address": "Write your whole e-mail address, such as name@example.org.",
    "link-used": "This link was used before, and each is good for one time. Ask for a new one "
    "here.",
    "link-expired": "This link is too old. Ask for a new one here; it is good for 15 minutes.",
    "link-unknown": "This link is not complete, or not from us. Ask for a new one here.",
    "password-link": "This link to set a password was used before, or is too old. To sign in "
    "now, have a link sent to you here; for a new link to set a password ask",
}
"""What the page that sends sign-in links says, by the code in its address."""

PASSWORD_FAULTS: Mapping[str, str] = {
    "password-differs": "The two are not the same. Write your new password again, twice.",
    "password-too-short": f"Your password needs at least {SHORTEST} characters.",
    "password-too-long": f"Your password can have up to {LONGEST} characters.",
    "password-guessable": "This password is among the first that others would try. Choose a few "
    "words that only you would put together.",
}
"""What is wrong with a new password, by the code in its page's address."""

PASSWORD_SET = "Your password is set. Sign in with your username and the new password."  # noqa: S105

PREVIEW_WHAT = "CME Evaluations & Credit Claim"

SIGNED_OUT = "You are signed out. Everything was saved."

REPORTING_FAULTS: Mapping[Fault, str] = {
    Fault.MISSING: "Fill this in.",
    Fault.TOO_LONG: "Shorten this to 60 characters without special signs.",
    Fault.FORMULA: "Begin this with a letter or a digit.",
    Fault.NO_SUCH_DAY: "Give a day that is in the calendar.",
    Fault.NO_SUCH_STATE: "Choose a state from the list.",
    Fault.NOT_AN_NPI: "Check the number: an NPI has ten digits, and these do not form one.",
    Fault.NO_SUCH_BOARD: "Choose a board from the list.",
    Fault.BOARD_ID_MISSING: "Give the ID that the board knows you by.",
    Fault.LICENCE_OR_NPI: "Give your license ID or your NPI.",
}

LOCKED = "Your claim is submitted, so it can no longer be changed."
CLEARED = "Your claimed hours were above what your sessions now support, so choose them again."

OVERLAP_ADVICE: Mapping[OverlapPolicy, str] = {
    OverlapPolicy.RESOLVE: "Before you submit, lower the hours of one, say that it was watched on "
    "demand, or remove it.",
    OverlapPolicy.CAP: "Time that you claim twice is counted once. Nothing needs to be changed.",
    OverlapPolicy.ALLOW: "This meeting lets you claim both. Nothing needs to be changed.",
}
"""What to do about sessions that overlap, by the meeting's policy."""

PRESENTED = "You present this session"

_NEEDS: Mapping[Need, str] = {
    Need.LINES: "Add at least one session",
    Need.CONFLICT: "Put the overlapping sessions right",
    Need.WITHDRAWN: "Remove the session that was withdrawn: {title}",
    Need.SESSION_QUESTION: "Evaluate {title}: {question}",
    Need.OVERALL_QUESTION: "Answer: {question}",
    Need.CATEGORY1: "Choose your Claimed Category 1 Hours",
    Need.ATTESTATION: "Confirm the attestation",
}


def preview_title(meeting: str) -> str:
    """What a link to the site is called where it is shared, and on a phone's home screen."""
    return f"{meeting} CME claim"


def preview(meeting: str, deadline: str) -> str:
    """What a link to the site says where it is shared."""
    return f"Evaluate sessions and claim your CME credit for {meeting} until {deadline}."


def wait_code(until: datetime, now: datetime) -> str:
    """The code of the message that tells how long to wait, at least until then."""
    minutes = (until - now) / timedelta(minutes=1)
    return f"wait-{next((wait for wait in WAITS if wait >= minutes), WAITS[-1])}"


def wait(minutes: int, single_sign_on: str = "") -> str:
    """After too many attempts: how long, and what works meanwhile."""
    how_long = "a minute" if minutes == 1 else f"{minutes} minutes"
    ways = f"a sign-in link by e-mail or “{single_sign_on}”"
    if not single_sign_on:
        ways = "a sign-in link by e-mail"
    return f"Too many attempts. Wait {how_long}, then try again, or use {ways}."


def link_wait(minutes: int) -> str:
    """After too many requests for a sign-in link."""
    how_long = "a minute" if minutes == 1 else f"{minutes} minutes"
    return (
        "Several links were asked for already. Look whether one has arrived; otherwise wait "
        f"{how_long}, then ask again."
    )


def need(kind: Need, *, title: str = "", question: str = "") -> str:
    """What is missing, as an instruction."""
    return _NEEDS[kind].format(title=title, question=question)


def problem(error: Exception, zone: ZoneInfo) -> str | None:
    """What went wrong and what to do, or None for an error that is not the attendee's."""
    say = _PROBLEMS.get(type(error))
    return say(error, zone) if say else None


def day(of: date) -> str:
    """A day as a heading: ``Thursday, September 26``."""
    return f"{of:%A, %B} {of.day}"


def full_day(of: date) -> str:
    """A day with its year, as a document has it: ``September 26, 2024``."""
    return f"{of:%B} {of.day}, {of.year}"


def days(first: date, last: date) -> str:
    """From which day to which: ``September 26–29, 2024``, ``September 30 – October 2, 2024``."""
    if first == last:
        return full_day(first)
    if first.year != last.year:
        return f"{full_day(first)} – {full_day(last)}"
    if first.month != last.month:
        return f"{first:%B} {first.day} – {full_day(last)}"
    return f"{first:%B} {first.day}–{last.day}, {last.year}"


def short_day(of: date) -> str:
    """A day in a line: ``Thu, Sep 26``."""
    return f"{of:%a, %b} {of.day}"


def clock(at: datetime, zone: ZoneInfo) -> str:
    """A time of day: ``8:00 am``."""
    local = at.astimezone(zone)
    return f"{local:%I:%M} {local:%p}".lstrip("0").lower()


def span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """From when to when: ``8:00–10:00 am``, ``11:30 am–1:00 pm``; a later day is named."""
    first, last = clock(start, zone), clock(end, zone)
    if start.astimezone(zone).date() != end.astimezone(zone).date():
        return f"{first}–{short_day(end.astimezone(zone).date())}, {last}"
    if first[-2:] == last[-2:]:
        first = first[:-3]
    return f"{first}–{last}"


def opens(at: datetime, zone: ZoneInfo) -> str:
    """When the claim period begins."""
    return f"Claims open on {instant(at, zone)}."


def closed(at: datetime, zone: ZoneInfo) -> str:
    """When the claim period, or a reopened claim's deadline, ended."""
    return f"Claims closed on {instant(at, zone)}."


def reopened(until: datetime, zone: ZoneInfo) -> str:
    """What a claim that was submitted and reopened needs."""
    return f"Change what you need to and submit again by {instant(until, zone)}."


def iso_span(start: str, end: str, zone: ZoneInfo) -> str:
    """From when to when with the day, of two instants in ISO 8601."""
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    return f"{short_day(first.astimezone(zone).date())}, {span(first, last, zone)}"


def not_before(at: datetime, zone: ZoneInfo) -> str:
    """From when a session can be added, in the place of its button."""
    return f"From {short_day(at.astimezone(zone).date())}, {clock(at, zone)}"


def instant(at: datetime, zone: ZoneInfo) -> str:
    """A deadline with its zone: ``Feb 23, 2026, 1:00 pm CT``."""
    local = at.astimezone(zone)
    return f"{local:%b} {local.day}, {local.year}, {clock(at, zone)} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """The zone as people say it, ``CT`` for CST and CDT; others as they name themselves."""
    name = local.tzname() or ""
    american = len(name) == 3 and name[0] in "ECMP" and name[1:] in ("ST", "DT")
    return f"{name[0]}T" if american else name


def window(of: Window, zone: ZoneInfo) -> str:
    """An over-claim: ``Thu, Sep 26, 8:00–10:00 am: 2.00 hours possible, 4.00 claimed``."""
    when = f"{short_day(of.starts_at.astimezone(zone).date())}, "
    when += span(of.starts_at, of.ends_at, zone)
    return f"{when}: {hours(of.allowed)} hours possible, {hours(of.claimed)} claimed"


def sessions(count: int) -> str:
    """A number of sessions: ``1 session``, ``5 sessions``."""
    return "1 session" if count == 1 else f"{count} sessions"


def opted_in(stands: bool | None) -> str:
    """What became of the opt-in to learner credit reporting; None where there was none."""
    if stands is None:
        return "You have not opted in."
    return "You are opted in." if stands else "You have withdrawn your consent."


def claims(count: int) -> str:
    """A number of submitted claims: ``1 claim``, ``3 claims``."""
    return "1 claim" if count == 1 else f"{count} claims"


def claim_status(entry: Entry) -> str:
    """How far a claim is, in the account."""
    if entry.status is Status.SUBMITTED:
        return "Submitted"
    match entry.period:
        case ClaimPeriod.NOT_OPEN:
            when = opens(entry.opens_at, entry.zone)
        case ClaimPeriod.OPEN:
            when = f"Claims close on {instant(entry.closes_at, entry.zone)}."
        case ClaimPeriod.CLOSED:
            when = closed(entry.closes_at, entry.zone)
    if entry.status is Status.REOPENED:
        if entry.period is ClaimPeriod.CLOSED:
            return "Submitted"  # nobody can change it any more, and the version is valid
        until = instant(entry.closes_at, entry.zone)
        return f"Open again until {until}. Until you submit anew, this version stays valid."
    so_far = "Nothing added yet." if not entry.sessions else f"{sessions(entry.sessions)} added."
    return f"Not submitted. {so_far} {when}"


def reported(reporting: Reporting, zone: ZoneInfo) -> str:
    """How far the reporting of a meeting's credit to ACCME is; empty without an opt-in."""
    on = full_day(reporting.at.astimezone(zone).date()) if reporting.at else ""
    return _REPORTED[reporting.state].format(on=on)


_REPORTED: Mapping[Reported, str] = {
    Reported.NOT_ASKED: "",
    Reported.OPTED_IN: "Opted in on {on}. Not reported to ACCME yet.",
    Reported.EXPORTED: "Reported to ACCME on {on}.",
    Reported.REJECTED: "ACCME did not take the record of {on}:",
    Reported.WITHDRAWN: "Consent withdrawn on {on}. Nothing is reported.",
    Reported.WITHDRAWN_LATER: "Consent withdrawn on {on}. What was reported is taken back with the "
    "next report.",
}


_PROBLEMS: Mapping[type[Exception], Callable[[Any, ZoneInfo], str]] = {
    ClaimLocked: lambda _, __: LOCKED,
    ClaimPeriodNotOpen: lambda error, zone: opens(error.opens_at, zone),
    ClaimPeriodClosed: lambda error, zone: closed(error.closed_at, zone),
    NotEligible: lambda _, __: "This session is not eligible for credit.",
    NotYetEnded: lambda error, zone: (
        f"This session can be added from {instant(error.claimable_from, zone)}."
    ),
    PresentedByAttendee: lambda _, __: (
        "You present this session, so it gives you no learner credit."
    ),
    NotInClaim: lambda _, __: "This session is not on your claim. Add it first.",
    CreditLimitExceeded: lambda error, _: f"At most {hours(error.limit)} hours are possible here.",
    InvalidHours: lambda _, __: "Choose hours in quarters, such as 1.25.",
    InvalidAnswer: lambda _, __: "That is not one of the answers. Choose again.",
    InvalidName: lambda _, __: "Write your name in up to 120 characters.",
    UnprintableName: lambda error, __: (
        f"The certificate cannot print {' '.join(error.characters)}. "
        "Write your name in Latin, Greek or Cyrillic letters."
    ),
    StaleRevision: lambda _, __: (
        "Your claim changed on another screen. Check it again, then submit."
    ),
    ReopeningNotAllowed: lambda _, __: "A submitted claim can only be reopened by the help desk.",
    NotSubmitted: lambda _, __: "Your claim is not submitted, so you can change it.",
    InvalidCommand: lambda _, __: "That could not be read. Load the page again.",
    ConsentMissing: lambda _, __: "Tick the consent to opt in.",
    ConsentChanged: lambda _, __: "The text of the consent has changed. Read it, then tick it.",
}
