"""What check-your-answers displayed, and what has changed since, in words."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cme_reflex import text
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.services.claims.claim import ClaimSummary


@dataclass(frozen=True, slots=True)
class DisplayedLine:
    """A session as it was displayed, with its credit in words."""

    title: str
    when: str
    credit: str
    on_demand: bool


@dataclass(frozen=True, slots=True)
class DisplayedClaim:
    """The attested content of a claim as it was displayed: answers by key, and lines by id.

    An answer is its label and its value; the keys of totals are those of `total_key`.
    """

    answers: Mapping[str, tuple[str, str]]
    lines: Mapping[int, DisplayedLine]


NAME, PROFESSION = "name", "profession"


def displayed_claim(
    summary: ClaimSummary, attendee: Attendee, programme: Programme
) -> DisplayedClaim:
    """What the page displays of a claim."""
    meeting, totals = programme.meeting, summary.claim.totals
    profession = meeting.profession(attendee.profession)
    return DisplayedClaim(
        answers={
            NAME: (text.submit.NAME, attendee.name_on_certificate),
            PROFESSION: (text.submit.PROFESSION, profession.label if profession else ""),
        }
        | {
            total_key(each.code): (
                text.submit.total_label(each),
                each.format(totals[each.code])
                if each.code in totals
                else text.submit.no_choice(each),
            )
            for each in summary.offered
        },
        lines={
            line.session_id: DisplayedLine(
                title=session.title,
                when=text.dates.day_span(line.starts_at, line.ends_at, meeting.zone),
                credit=text.credit.claimed(summary.offered, line.amounts),
                on_demand=line.on_demand,
            )
            for line in summary.claim.lines
            for session in [programme.sessions[line.session_id]]
        },
    )


def total_key(code: str) -> str:
    """The key of the total of the credit type with this code."""
    return f"total:{code}"


def changes(before: DisplayedClaim, now: DisplayedClaim, *, own: Collection[str]) -> list[str]:
    """What differs between two displays, as sentences, except answers changed on this page."""
    return [*_line_changes(before.lines, now.lines), *_answer_changes(before, now, own)]


def _line_changes(
    before: Mapping[int, DisplayedLine], now: Mapping[int, DisplayedLine]
) -> Iterator[str]:
    for key, line in now.items():
        old = before.get(key)
        if old is None:
            yield text.submit.LINE_ADDED.format(title=line.title, credit=line.credit)
        elif old.credit != line.credit:
            yield text.submit.LINE_CREDIT.format(
                title=line.title, credit=line.credit, old=old.credit
            )
        elif old != line:
            yield text.submit.LINE_CHANGED.format(title=line.title, when=line.when)
    for key, old in before.items():
        if key not in now:
            yield text.submit.LINE_REMOVED.format(title=old.title)


def _answer_changes(
    before: DisplayedClaim, now: DisplayedClaim, own: Collection[str]
) -> Iterator[str]:
    for key in dict.fromkeys([*before.answers, *now.answers]):
        label, old = before.answers.get(key, ("", text.submit.NOT_OFFERED))
        label, new = now.answers.get(key, (label, text.submit.NOT_OFFERED))
        if old != new and key not in own:
            yield text.submit.ANSWER_CHANGED.format(label=label, new=new, old=old)
