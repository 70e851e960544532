"""Presenters of the claim's pages: pure functions from the domain to view models."""

from collections.abc import Iterable, Iterator, Mapping

from cme_reflex import routes, text
from cme_reflex.domain.claims.claim import MissingRequirement, Requirement
from cme_reflex.domain.credit.claimable import is_blocking
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amounts, CreditType, CreditTypes, Need
from cme_reflex.domain.credit.line import Line, line_amounts, minute_choices
from cme_reflex.domain.credit.overlap import Conflict
from cme_reflex.domain.evaluations.form import Answer, Answers, Form, QuestionKind
from cme_reflex.domain.programme.programme import Delivery, Programme, Session
from cme_reflex.formats.pdf.certificate import less_claimed
from cme_reflex.services.claims.certificate_snapshot import line_credit
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.state.views import view_models
from cme_reflex.state.views.credit_presenter import (
    amount_choices,
    certificate_links,
    claimed_amounts,
    figures,
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
                summary,
                programme,
                answers.of_session(line.session_id),
                day="" if day == heading else day,
            )
        )
        heading = day
    return lines


def receipt_lines(summary: ClaimSummary, programme: Programme) -> list[view_models.ReceiptLine]:
    """The claim's sessions in the form in which the receipt lists them."""
    return [
        receipt_line(
            session.title,
            text.dates.day_span(session.starts_at, session.ends_at, programme.meeting.zone),
            summary.offered,
            line.amounts,
            on_demand=line.on_demand,
        )
        for line in summary.claim.lines
        for session in [programme.sessions[line.session_id]]
    ]


def receipt_line(
    title: str, when: str, types: Iterable[CreditType], amounts: Amounts, *, on_demand: bool
) -> view_models.ReceiptLine:
    """A session on a receipt, with the amount of the first type, and the others in words."""
    given = list(types)
    return view_models.ReceiptLine(
        title=title,
        when=when,
        amount=given[0].format(amounts.get(given[0].code, NO_CREDIT)) if given else "",
        more=text.credit.beside_first(given, amounts) if given else "",
        on_demand=on_demand,
    )


def _line_view(
    line: Line,
    session: Session,
    summary: ClaimSummary,
    programme: Programme,
    answers: Mapping[str, Answer],
    *,
    day: str,
) -> view_models.LineView:
    form, types = programme.meeting.session_form, summary.offered
    primary = types.first_primary
    claimed = text.credit.claimed(types, line.amounts)
    return view_models.LineView(
        id=session.id,
        title=session.title,
        day=day,
        when=text.dates.span(session.starts_at, session.ends_at, programme.meeting.zone),
        minutes=str(line.minutes),
        unit=text.credit.unit_label(primary) if primary else "",
        choices=_minute_options(line, session, types),
        others=[
            _line_credit(line, session, types, each)
            for each in types
            if each is not primary and session.credit.get(each.code)
        ],
        credit=claimed + (text.claim.CLAIMED_ON_DEMAND if line.on_demand else ""),
        on_demand=line.on_demand,
        on_demand_offered=session.delivery is Delivery.BOTH,
        evaluation=evaluation_progress(form, answers),
        evaluated=form.is_completed_by(answers),
        conflict=line.session_id in summary.in_conflict,
        withdrawn=not session.gives_credit,
        lowered=text.claim.LOWERED.format(credit=claimed)
        if line.session_id in summary.lowered
        else "",
        unmet=_unmet(line, types),
        why="\n".join(_line_explanation(line, session, types)),
    )


def _minute_options(
    line: Line, session: Session, types: CreditTypes
) -> list[view_models.FilterOption]:
    """The minutes to choose, with what they give of the first primary type.

    Minutes that give nothing of any type are left out. Where several give the same, or the first
    type gives nothing, the minutes are named.
    """
    primary = types.first_primary
    gives = {
        minutes: line_amounts(types, session.credit, session.minutes, minutes)
        for minutes in sorted({*minute_choices(session.minutes), line.minutes}, reverse=True)
    }
    given = {
        minutes: amounts.get(primary.code, NO_CREDIT) if primary else NO_CREDIT
        for minutes, amounts in gives.items()
        if amounts or minutes == line.minutes
    }
    named = len(set(given.values())) < len(given) or not all(given.values())
    return [
        view_models.FilterOption(
            str(minutes),
            text.credit.minute_option(primary, amount, minutes if named else None)
            if primary
            else str(minutes),
        )
        for minutes, amount in given.items()
    ]


def _line_credit(
    line: Line, session: Session, types: CreditTypes, credit_type: CreditType
) -> view_models.LineCreditView:
    """What a line gives of a type; a subset can be lowered."""
    most = line_amounts(types, session.credit, session.minutes, line.minutes)
    limit = most.get(credit_type.code, NO_CREDIT)
    return view_models.LineCreditView(
        code=credit_type.code,
        label=credit_type.label,
        amount=credit_type.format(line.amount(credit_type.code)),
        choices=[] if credit_type.is_primary else amount_choices(credit_type, limit),
    )


def _unmet(line: Line, types: CreditTypes) -> list[str]:
    """For which types the line does not count, by the need that is not met."""
    labels: dict[Need, list[str]] = {}
    for each in types:
        if need := line.unmet.get(each.code):
            labels.setdefault(need, []).append(each.label)
    return [text.credit.unmet(need, of_types) for need, of_types in labels.items()]


def _line_explanation(line: Line, session: Session, types: CreditTypes) -> Iterator[str]:
    """Why a line gives less than the session; nothing where it gives all."""
    most = line_amounts(types, session.credit, session.minutes, line.minutes)
    for each in types:
        full, limit = session.credit.get(each.code, NO_CREDIT), most.get(each.code, NO_CREDIT)
        if each.code in line.unmet:
            continue
        if line.amount(each.code) < limit:
            yield text.credit.lowered(each, line.amount(each.code), limit)
        elif limit < full:
            yield text.credit.of_part(each, limit, full, line.minutes, session.minutes)


def evaluation_progress(form: Form, answers: Mapping[str, Answer]) -> str:
    """The progress of a session's evaluation, as text."""
    if form.is_completed_by(answers):
        return text.evaluation.COMPLETE
    if not answers:
        return text.evaluation.NOT_STARTED
    return text.evaluation.ANSWERED.format(answered=len(answers), questions=len(form.questions))


def overall_status(form: Form, answers: Mapping[str, Answer]) -> str:
    """The progress of the overall evaluation of an unsubmitted claim, as text.

    It never says "Done", because submitting the claim is part of the same task.
    """
    return (
        text.home.NOT_SUBMITTED
        if form.is_completed_by(answers)
        else evaluation_progress(form, answers)
    )


def conflict_views(summary: ClaimSummary, programme: Programme) -> list[view_models.ConflictView]:
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
                text.claim.window(window, programme.meeting.credit, programme.meeting.zone)
                for window in conflict.windows
            ],
            sessions=[
                view_models.SessionLink(programme.sessions[key].title, f"{routes.HOME}#line-{key}")
                for key in conflict.keys
            ],
            advice=advice(conflict),
            blocking=is_blocking(summary.offered, [conflict], policy, summary.claim.totals),
        )
        for conflict in summary.conflicts
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
    types: CreditTypes,
    hrefs: Mapping[Requirement, str],
) -> list[view_models.MissingView]:
    """The missing requirements, each with a link to its field. `types` are those offered."""

    def view(missing: MissingRequirement) -> view_models.MissingView:
        session = programme.sessions[missing.session_id] if missing.session_id else None
        question = missing.question
        credit = types[missing.credit] if missing.credit else types.first_primary
        return view_models.MissingView(
            text=text.claim.need(
                missing.requirement,
                title=session.title if session else "",
                question=question.text if question else "",
                name_fault=text.submit.name_fault(missing.name) if missing.name else "",
                total=text.submit.total(credit) if credit else "",
            ),
            href=hrefs[missing.requirement].format(
                session=missing.session_id,
                question=question.key if question else "",
                credit=credit.code if credit else "",
            ),
        )

    return [view(missing) for missing in requirements]


def receipt_view(receipt: Receipt, programme: Programme) -> view_models.ReceiptView:
    """A receipt, from the stored document of its version, so that later loads do not change it."""
    types = [credit.type for credit in receipt.credits]
    amounts, links = (
        claimed_amounts(receipt.credits),
        certificate_links(receipt.number, receipt.credits),
    )
    return view_models.ReceiptView(
        number=receipt.number,
        version=receipt.version,
        submitted=text.dates.instant(receipt.submitted_at, programme.meeting.zone),
        name=receipt.document["name_on_certificate"],
        claimed=text.receipt.claimed(types, amounts),
        amounts=text.credit.claimed(types, amounts),
        credits=figures(receipt.credits),
        certificate=routes.certificate(receipt.number),
        certificates=links if len(links) > 1 else [],
        lines=[
            receipt_line(
                line["title"],
                text.dates.iso_span(line["starts_at"], line["ends_at"], programme.meeting.zone),
                types,
                line_credit(line),
                on_demand=line["on_demand"],
            )
            for line in receipt.document["lines"]
        ],
        less=" ".join(less_claimed(receipt.credits)),
        withdrawn=receipt.withdrawn_at is not None,
    )
