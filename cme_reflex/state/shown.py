"""How what the pages show is made: pure functions from the domain to views."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cme_reflex import routes, words
from cme_reflex.domain.claim import Line, blocks, safety_limit
from cme_reflex.domain.credit import Quarters, hours
from cme_reflex.domain.evaluation import Answer, Answers, Form, QuestionKind
from cme_reflex.domain.overlap import Conflict
from cme_reflex.domain.programme import (
    Delivery,
    NotYetEnded,
    PresentedByAttendee,
    Programme,
    Session,
)
from cme_reflex.domain.submission import Missing, Need
from cme_reflex.services.claim import Standing
from cme_reflex.services.submission import Receipt
from cme_reflex.state import views


def row(
    session: Session,
    programme: Programme,
    badge: str,
    now: datetime,
    *,
    by_date: bool,
    heads_day: bool,
) -> views.Row:
    """A session as the list shows it to the holder of this badge at this instant."""
    shown = _row(session, programme.meeting.zone, by_date, heads_day)
    refusal = _refusal(session, programme, badge, now)
    return replace(shown, refusal=refusal) if refusal else shown


@lru_cache(maxsize=8_192)
def _row(session: Session, zone: ZoneInfo, by_date: bool, heads_day: bool) -> views.Row:
    """What everybody is shown of it; at every letter of a search that is the same."""
    day = session.starts_at.astimezone(zone).date()
    when = words.dates.span if by_date else words.dates.day_span
    tags = {
        Delivery.ON_DEMAND: words.sessions.ON_DEMAND,
        Delivery.LIVE: words.sessions.LIVE_ONLY,
        Delivery.BOTH: "",
    }
    return views.Row(
        id=session.id,
        title=session.title,
        when=when(session.starts_at, session.ends_at, zone),
        place=" · ".join(part for part in (session.kind.capitalize(), session.room) if part),
        hours=hours(session.quarters),
        safety=hours(session.safety) if session.safety else "",
        tag=tags[session.delivery],
        day=words.dates.day(day) if heads_day else "",
        refusal="",
    )


def _refusal(session: Session, programme: Programme, badge: str, now: datetime) -> str:
    """Why the session cannot be added, in the place of the button that would."""
    try:
        session.require_claimable(badge, now, on_demand=session.watched_on_demand(None))
    except PresentedByAttendee:
        return words.sessions.PRESENTED
    except NotYetEnded as early:
        return words.sessions.not_before(early.claimable_from, programme.meeting.zone)
    return ""


def totals(standing: Standing, maximum: Quarters) -> views.Totals:
    """The claim in a few words. `maximum` is the attendee's own, in quarter hours."""
    supported = standing.claimable.category1
    return views.Totals(
        sessions=words.claim.SESSIONS(len(standing.claim.lines)),
        hours=hours(supported),
        maximum=hours(maximum),
        percent=100 * supported // maximum if maximum else 0,
        safety=hours(standing.claimable.safety),
        conflicts=len(standing.conflicts),
    )


def line_views(standing: Standing, programme: Programme, answers: Answers) -> list[views.LineView]:
    """The claim's lines, with a heading on the first of each day."""
    lines: list[views.LineView] = []
    heading = ""
    for line in standing.claim.lines:
        day = words.dates.day(line.starts_at.astimezone(programme.meeting.zone).date())
        session = programme.sessions[line.session_id]
        lines.append(
            _line_view(
                line,
                session,
                programme,
                answers.of_session(line.session_id),
                day="" if day == heading else day,
                conflict=line.session_id in standing.in_conflict,
                lowered=line.session_id in standing.lowered,
            )
        )
        heading = day
    return lines


def listed(standing: Standing, programme: Programme) -> list[views.ReceiptLine]:
    """The claim's sessions, as the receipt will list them."""
    return [
        views.ReceiptLine(
            title=session.title,
            when=words.dates.day_span(session.starts_at, session.ends_at, programme.meeting.zone),
            hours=hours(line.quarters),
        )
        for line in standing.claim.lines
        for session in [programme.sessions[line.session_id]]
    ]


def _line_view(
    line: Line,
    session: Session,
    programme: Programme,
    answers: Mapping[str, Answer],
    *,
    day: str,
    conflict: bool,
    lowered: bool,
) -> views.LineView:
    form = programme.meeting.session_form
    limit = safety_limit(session.safety, line.quarters)
    return views.LineView(
        id=session.id,
        title=session.title,
        day=day,
        when=words.dates.span(session.starts_at, session.ends_at, programme.meeting.zone),
        credit=hours(session.quarters),
        hours=hours(line.quarters),
        hours_choices=steps(session.quarters, least=1),
        safety=hours(line.safety),
        safety_choices=steps(limit) if session.safety else [],
        on_demand=line.on_demand,
        on_demand_offered=session.delivery is Delivery.BOTH,
        evaluation=progress(form, answers),
        evaluated=form.is_complete(answers),
        conflict=conflict,
        withdrawn=not session.gives_credit,
        lowered=lowered,
    )


def steps(most: int, *, least: int = 0) -> list[str]:
    """The hours from the most down to the least, by quarters, as text."""
    return [hours(Quarters(quarters)) for quarters in range(most, least - 1, -1)]


def progress(form: Form, answers: Mapping[str, Answer]) -> str:
    """How far an evaluation is, in words."""
    if form.is_complete(answers):
        return words.evaluation.COMPLETE
    if not answers:
        return words.evaluation.NOT_STARTED
    return words.evaluation.ANSWERED.format(answered=len(answers), questions=len(form.questions))


def overall_status(form: Form, answers: Mapping[str, Answer]) -> str:
    """How far the overall evaluation of a claim is that waits to be submitted, in words.

    Submit is part of that task, so "Done" would not be true of it.
    """
    return words.home.NOT_SUBMITTED if form.is_complete(answers) else progress(form, answers)


def conflict_views(conflicts: Sequence[Conflict], programme: Programme) -> list[views.ConflictView]:
    """The conflicts, with the titles of the sessions and what to do about them."""
    policy = programme.meeting.overlap_policy

    def advice(conflict: Conflict) -> str:
        offered = {programme.sessions[key].delivery for key in conflict.keys}
        by_policy = (
            words.claim.OVERLAP_ADVICE
            if Delivery.BOTH in offered
            else words.claim.LIVE_OVERLAP_ADVICE
        )
        return by_policy[policy]

    return [
        views.ConflictView(
            windows=[
                words.claim.window(window, programme.meeting.zone) for window in conflict.windows
            ],
            sessions=[
                views.Told(programme.sessions[key].title, f"{routes.HOME}#line-{key}")
                for key in conflict.keys
            ],
            advice=advice(conflict),
            blocking=blocks(conflicts, policy),
        )
        for conflict in conflicts
    ]


def question_views(form: Form, answers: Mapping[str, Answer]) -> list[views.QuestionView]:
    """A form's questions with what was answered."""
    return [
        views.QuestionView(
            key=question.key,
            kind=question.kind,
            text=question.text,
            required=question.required,
            low=question.low,
            high=question.high,
            points=list(range(1, question.points + 1))
            if question.kind is QuestionKind.SCALE
            else [],
            options=list(question.options),
            answered=question.key in answers,
            text_answer=value if isinstance(value, str) else "",
            point=int(value) if isinstance(value, int) else -1,
            chosen=list(value) if isinstance(value, tuple) else [],
        )
        for question in form.questions
        for value in [answers.get(question.key)]
    ]


def missing_views(
    lacking: Iterable[Missing], programme: Programme, hrefs: Mapping[Need, str]
) -> list[views.MissingView]:
    """What is missing, each with the address of its field."""

    def view(missing: Missing) -> views.MissingView:
        session = programme.sessions[missing.session_id] if missing.session_id else None
        question = missing.question
        return views.MissingView(
            text=words.claim.need(
                missing.need,
                title=session.title if session else "",
                question=question.text if question else "",
            ),
            href=hrefs[missing.need].format(
                session=missing.session_id, question=question.key if question else ""
            ),
        )

    return [view(missing) for missing in lacking]


def receipt_view(receipt: Receipt, programme: Programme) -> views.ReceiptView:
    """A receipt, ready to read: what the submitted version says, whatever was loaded since."""
    return views.ReceiptView(
        number=receipt.number,
        version=receipt.version,
        submitted=words.dates.instant(receipt.submitted_at, programme.meeting.zone),
        name=receipt.document["name_on_certificate"],
        hours=hours(receipt.category1),
        safety=hours(receipt.safety),
        certificate=routes.certificate(receipt.number),
        lines=[
            views.ReceiptLine(
                title=line["title"],
                when=words.dates.iso_span(
                    line["starts_at"], line["ends_at"], programme.meeting.zone
                ),
                hours=hours(Quarters(line["quarters"])),
            )
            for line in receipt.document["lines"]
        ],
    )
