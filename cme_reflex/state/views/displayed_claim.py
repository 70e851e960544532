"""What check-your-answers displayed, and what has changed since, in words."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cme_reflex import text
from cme_reflex.domain.credit.quarters import format_hours
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.services.claims.claim import ClaimSummary


@dataclass(frozen=True, slots=True)
class DisplayedLine:
    """A session as it was displayed. Hours as text."""

    title: str
    when: str
    hours: str
    safety: str
    on_demand: bool


@dataclass(frozen=True, slots=True)
class DisplayedClaim:
    """The attested content of a claim as it was displayed: answers by name, and lines by id."""

    answers: Mapping[str, str]
    lines: Mapping[int, DisplayedLine]


NAME, PROFESSION, CATEGORY1, SAFETY = "name", "profession", "category1", "safety"
_LABELS = {
    NAME: text.submit.NAME,
    PROFESSION: text.submit.PROFESSION,
    CATEGORY1: text.submit.CATEGORY1_CHOSEN,
    SAFETY: text.submit.SAFETY_CHOSEN,
}


def displayed_claim(
    summary: ClaimSummary, attendee: Attendee, programme: Programme
) -> DisplayedClaim:
    """What the page displays of a claim."""
    totals = summary.claim.totals
    category1, safety = totals.category1, totals.safety
    return DisplayedClaim(
        answers={
            NAME: attendee.name_on_certificate,
            PROFESSION: text.submit.PHYSICIAN if attendee.is_physician else text.submit.OTHER,
            CATEGORY1: text.submit.NOT_CHOSEN if category1 is None else format_hours(category1),
            SAFETY: text.submit.NONE_CHOSEN if safety is None else format_hours(safety),
        },
        lines={
            line.session_id: DisplayedLine(
                title=session.title,
                when=text.dates.day_span(line.starts_at, line.ends_at, programme.meeting.zone),
                hours=format_hours(line.quarters),
                safety=format_hours(line.safety),
                on_demand=line.on_demand,
            )
            for line in summary.claim.lines
            for session in [programme.sessions[line.session_id]]
        },
    )


def changes(before: DisplayedClaim, now: DisplayedClaim, *, own: Collection[str]) -> list[str]:
    """What differs between two displays, as sentences, except answers changed on this page."""
    return [*_line_changes(before.lines, now.lines), *_answer_changes(before, now, own)]


def _line_changes(
    before: Mapping[int, DisplayedLine], now: Mapping[int, DisplayedLine]
) -> Iterator[str]:
    for key, line in now.items():
        old = before.get(key)
        if old is None:
            yield text.submit.LINE_ADDED.format(title=line.title, hours=line.hours)
        elif old.hours != line.hours:
            yield text.submit.LINE_HOURS.format(title=line.title, hours=line.hours, old=old.hours)
        elif old != line:
            yield text.submit.LINE_CHANGED.format(title=line.title, when=line.when)
    for key, old in before.items():
        if key not in now:
            yield text.submit.LINE_REMOVED.format(title=old.title)


def _answer_changes(
    before: DisplayedClaim, now: DisplayedClaim, own: Collection[str]
) -> Iterator[str]:
    for name, label in _LABELS.items():
        old, new = before.answers[name], now.answers[name]
        if old != new and name not in own:
            yield text.submit.ANSWER_CHANGED.format(label=label, new=new, old=old)
