"""Attendees for access tests, with secrets in their rows that must not be disclosed."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.services.claims import claim_lines, submission
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.reporting import opt_in
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import submit_attested
from tests.support.database.table_rows import every_row
from tests.support.meetings import FOLDER, MEETING, attendee

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
OTHER_MEETING = "other24"
SECRET = "Xylophantes"  # part of all personal data of the other attendees

DRAFTING, SUBMITTED, VISITING = "901", "902", "903"
LAST_NAMES = {DRAFTING: f"{SECRET}-Draft", SUBMITTED: f"{SECRET}-Done", VISITING: "Smith"}

FOLDER_WITH_PEOPLE = replace(
    FOLDER, attendees=tuple(attendee(badge, name) for badge, name in LAST_NAMES.items())
)
ANOTHER_FOLDER = replace(
    FOLDER_WITH_PEOPLE, meeting=replace(MEETING, code=OTHER_MEETING), members=()
)
LEARNER = {
    "first_name": SECRET,
    "last_name": SECRET,
    "birth_month": "2",
    "birth_day": "28",
    "state": "California",
    "licence_id": f"{SECRET}-1",
}

VOLATILE_TABLES = {"sign_in", "rate_limit_counter"}

Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class SignedInPeople:
    """Sign-in tokens and attendee ids, by badge."""

    tokens: dict[str, str]
    ids: dict[str, int]
    sessions: dict[str, int]
    elsewhere: dict[str, int]
    receipt: str


async def sign_everybody_in() -> SignedInPeople:
    """Sign in attendees with a draft, with a submitted claim, and without a claim."""
    tokens, contexts = {}, {}
    for badge, last_name in LAST_NAMES.items():
        tokens[badge], contexts[badge] = await _sign_in(MEETING.code, last_name, badge)
    await _fill(contexts[DRAFTING])
    await _fill(contexts[SUBMITTED])
    context = (await _sign_in(MEETING.code, LAST_NAMES[SUBMITTED], SUBMITTED))[1]
    summary = await submission.choose_total(context, "category1", Amount(4), now=NOW)
    receipt = await submit_attested(context, summary.claim.revision, now=NOW)
    elsewhere = (await _sign_in(OTHER_MEETING, "Smith", VISITING))[1]
    return SignedInPeople(
        tokens,
        {badge: context.attendee.id for badge, context in contexts.items()},
        {session.code: session.id for session in context.programme.sessions.values()},
        {session.code: session.id for session in elsewhere.programme.sessions.values()},
        receipt.number,
    )


async def _sign_in(meeting: str, last_name: str, badge: str) -> tuple[str, RequestContext]:
    now = datetime.now(UTC)
    token = await credentials.sign_in_with_badge(meeting, last_name, badge, now=now)
    return token, await authentication.authenticate(meeting, token, now=now)


async def _fill(context: RequestContext) -> None:
    """Add two sessions, answers to all evaluations, a name for the certificate, and an opt-in."""
    codes = {session.code: session.id for session in context.programme.sessions.values()}
    for code in ("A", "B"):
        await claim_lines.add_session(context, codes[code], now=NOW)
        await evaluation_answers.answer_session(
            context, codes[code], "comment", f"{SECRET}!", now=NOW
        )
    await evaluation_answers.answer_overall(context, "bias", True, now=NOW)
    await submission.save_certificate_name(context, f"Kim {SECRET}", now=NOW)
    version = context.meeting.reporting.consent_version
    await opt_in.save_opt_in(context, LEARNER, consented=True, version=version, now=NOW)


async def table_rows(*, without: int | None = None, only: int | None = None) -> Rows:
    """All rows of all tables; without those of one attendee, or only those.

    Left out is what comes and goes with the tests: sign-ins, and how often something was tried.
    """
    tables = await every_row(but=VOLATILE_TABLES)
    claims = {claim["id"]: claim["attendee_id"] for claim in tables["claim"]}

    def owner(table: str, row: dict[str, object]) -> object:
        if table == "attendee":
            return row["id"]
        return row.get("attendee_id") or claims.get(row.get("claim_id"))

    return {
        name: sorted(
            (
                tuple(row.values())
                for row in found
                if (without is None or owner(name, row) != without)
                and (only is None or owner(name, row) == only)
            ),
            key=repr,
        )
        for name, found in tables.items()
    }
