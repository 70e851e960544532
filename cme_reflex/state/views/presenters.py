"""Presenters of the claim's pages: pure functions from the domain to view models."""

from collections.abc import Iterable, Mapping, Sequence

from cme_reflex import routes, text
from cme_reflex.domain.claims.claim import MissingRequirement, Requirement
from cme_reflex.domain.credit.claimable import CreditTotals, Line, is_blocking, max_safety
from cme_reflex.domain.credit.overlap import Conflict
from cme_reflex.domain.credit.quarters import Quarters, format_hours
from cme_reflex.domain.evaluations.form import Answer, Answers, Form, QuestionKind
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import Delivery, Programme, Session
from cme_reflex.formats.pdf.certificate import less_claimed
from cme_reflex.services.claims.certificate_snapshot import certificate_facts
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.state.views import view_models


def totals_view(summary: ClaimSummary, maximum: Quarters) -> view_models.TotalsView:
    """The claim's totals. `maximum` is the attendee's limit, in quarter hours."""
    supported = summary.claimable.category1
    return view_models.TotalsView(
        sessions=text.claim.SESSIONS(len(summary.claim.lines)),
        hours=format_hours(supported),
        maximum=format_hours(maximum),
        percent=100 * supported // maximum if maximum else 0,
        safety=format_hours(summary.claimable.safety),
        conflicts=len(summary.conflicts),
    )


def credit_view(summary: ClaimSummary, meeting: Meeting) -> view_models.CreditView:
    """The credit claimed of what the sessions support."""
    totals, supported = summary.claim.totals, summary.claimable
    claimed = CreditTotals(totals.category1 or Quarters(0), totals.safety or Quarters(0))
    most = CreditTotals(supported.category1, supported.safety)
    label = meeting.safety.label
    only_safety = claimed.category1 == most.category1
    return view_models.CreditView(
        claimed=format_hours(claimed.category1),
        supported=format_hours(most.category1),
        safety=format_hours(claimed.safety),
        supported_safety=format_hours(most.safety),
        percent=100 * claimed.category1 // most.category1 if most.category1 else 0,
        less="" if totals.category1 is None else text.submit.lower_claim(claimed, most, label),
        claim_all=text.submit.CLAIM_ALL_OF.format(hours=format_hours(most.safety), label=label)
        if only_safety
        else text.submit.CLAIM_ALL_NOW.format(hours=format_hours(most.category1)),
    )


def line_views(
    summary: ClaimSummary, programme: Programme, answers: Answers
) -> list[view_models.LineView]:
    """The claim's lines; the first of each day has the day's heading."""
    lines: list[view_models.LineView] = []
    heading = ""
    for line in summary.claim.lines:
        day = text.dates.day(line.starts_at.astimezone(programme.meeting.zone).date())
        session = programme.sessions[line.session_id]
        lines.append(
            _line_view(
                line,
                session,
                programme,
                answers.of_session(line.session_id),
                day="" if day == heading else day,
                conflict=line.session_id in summary.in_conflict,
                lowered=line.session_id in summary.lowered,
            )
        )
        heading = day
    return lines


def receipt_lines(summary: ClaimSummary, programme: Programme) -> list[view_models.ReceiptLine]:
    """The claim's sessions in the form in which the receipt lists them."""
    return [
        view_models.ReceiptLine(
            title=session.title,
            when=text.dates.day_span(session.starts_at, session.ends_at, programme.meeting.zone),
            hours=format_hours(line.quarters),
            safety=format_hours(line.safety) if line.safety else "",
            on_demand=line.on_demand,
        )
        for line in summary.claim.lines
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
) -> view_models.LineView:
    form = programme.meeting.session_form
    limit = max_safety(session.safety, line.quarters)
    return view_models.LineView(
        id=session.id,
        title=session.title,
        day=day,
        when=text.dates.span(session.starts_at, session.ends_at, programme.meeting.zone),
        credit=format_hours(session.quarters),
        hours=format_hours(line.quarters),
        hours_choices=hour_choices(session.quarters, least=1),
        safety=format_hours(line.safety),
        safety_choices=hour_choices(limit) if session.safety else [],
        on_demand=line.on_demand,
        on_demand_offered=session.delivery is Delivery.BOTH,
        evaluation=evaluation_progress(form, answers),
        evaluated=form.is_complete(answers),
        conflict=conflict,
        withdrawn=not session.gives_credit,
        lowered=lowered,
    )


def hour_choices(most: int, *, least: int = 0) -> list[str]:
    """Options of a select: hours as text, from `most` down to `least` quarters."""
    return [format_hours(Quarters(quarters)) for quarters in range(most, least - 1, -1)]


def evaluation_progress(form: Form, answers: Mapping[str, Answer]) -> str:
    """The progress of a session's evaluation, as text."""
    if form.is_complete(answers):
        return text.evaluation.COMPLETE
    if not answers:
        return text.evaluation.NOT_STARTED
    return text.evaluation.ANSWERED.format(answered=len(answers), questions=len(form.questions))


def overall_status(form: Form, answers: Mapping[str, Answer]) -> str:
    """The progress of the overall evaluation of an unsubmitted claim, as text.

    It never says "Done", because submitting the claim is part of the same task.
    """
    return (
        text.home.NOT_SUBMITTED if form.is_complete(answers) else evaluation_progress(form, answers)
    )


def conflict_views(
    conflicts: Sequence[Conflict], programme: Programme
) -> list[view_models.ConflictView]:
    """The conflicts, with the titles of their sessions and advice by the overlap policy."""
    policy = programme.meeting.overlap_policy

    def advice(conflict: Conflict) -> str:
        offered = {programme.sessions[key].delivery for key in conflict.keys}
        by_policy = (
            text.claim.OVERLAP_ADVICE
            if Delivery.BOTH in offered
            else text.claim.LIVE_OVERLAP_ADVICE
        )
        return by_policy[policy]

    return [
        view_models.ConflictView(
            windows=[
                text.claim.window(window, programme.meeting.zone) for window in conflict.windows
            ],
            sessions=[
                view_models.SessionLink(programme.sessions[key].title, f"{routes.HOME}#line-{key}")
                for key in conflict.keys
            ],
            advice=advice(conflict),
            blocking=is_blocking(conflicts, policy),
        )
        for conflict in conflicts
    ]


def question_views(form: Form, answers: Mapping[str, Answer]) -> list[view_models.QuestionView]:
    """A form's questions with their answers."""
    return [
        view_models.QuestionView(
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
    requirements: Iterable[MissingRequirement],
    programme: Programme,
    hrefs: Mapping[Requirement, str],
) -> list[view_models.MissingView]:
    """The missing requirements, each with a link to its field."""

    def view(missing: MissingRequirement) -> view_models.MissingView:
        session = programme.sessions[missing.session_id] if missing.session_id else None
        question = missing.question
        return view_models.MissingView(
            text=text.claim.need(
                missing.requirement,
                title=session.title if session else "",
                question=question.text if question else "",
                name_fault=text.submit.name_fault(missing.name) if missing.name else "",
            ),
            href=hrefs[missing.requirement].format(
                session=missing.session_id, question=question.key if question else ""
            ),
        )

    return [view(missing) for missing in requirements]


def receipt_view(receipt: Receipt, programme: Programme) -> view_models.ReceiptView:
    """A receipt, from the stored document of its version, so that later loads do not change it."""
    return view_models.ReceiptView(
        number=receipt.number,
        version=receipt.version,
        submitted=text.dates.instant(receipt.submitted_at, programme.meeting.zone),
        name=receipt.document["name_on_certificate"],
        hours=format_hours(receipt.category1),
        safety=format_hours(receipt.safety),
        certificate=routes.certificate(receipt.number),
        lines=[
            view_models.ReceiptLine(
                title=line["title"],
                when=text.dates.iso_span(
                    line["starts_at"], line["ends_at"], programme.meeting.zone
                ),
                hours=format_hours(Quarters(line["quarters"])),
                safety=format_hours(Quarters(line["safety"])) if line["safety"] else "",
                on_demand=line["on_demand"],
            )
            for line in receipt.document["lines"]
        ],
        less=" ".join(
            less_claimed(
                CreditTotals(receipt.category1, receipt.safety),
                receipt.attended,
                certificate_facts(receipt.document, programme.meeting)["safety_label"],
            )
        ),
        withdrawn=receipt.withdrawn_at is not None,
    )
