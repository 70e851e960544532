"""Warnings about credit types: what has no effect, or may not be meant."""

from collections.abc import Iterable, Iterator

from cme_reflex.domain.credit.credit_type import (
    NO_CREDIT,
    Amount,
    CreditType,
    CreditTypes,
    Receiver,
)
from cme_reflex.domain.meetings.meeting import ClaimTerms
from cme_reflex.formats.input_problems import InputProblem
from cme_reflex.formats.meeting_folder.credit.figures import CreditFigures
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.toml_problems import toml_warning
from cme_reflex.formats.tables.amounts import format_units

_RECEIVERS = {Receiver.CE_BROKER: "CE Broker", Receiver.CPE_MONITOR: "CPE Monitor"}

Place = tuple[str | int, ...]


def credit_warnings(
    folder: MeetingFolder, figures: Iterable[CreditFigures]
) -> Iterator[InputProblem]:
    """Warnings about the meeting's credit types; `figures` are those of its programme."""
    figures_by_code = {each.credit_type.code: each for each in figures}
    for number, each in enumerate(folder.meeting.credit_types):
        place: Place = ("credit", number)
        yield from _unreachable_maxima(each, place, figures_by_code[each.code])
        yield from _dates_outside(each, place, folder.meeting.claim)
        yield from _second_subsets(each, place, folder.meeting.credit)
        if each.reported_to in _RECEIVERS:
            fault = f"Credit cannot be reported to {_RECEIVERS[each.reported_to]} yet."
            remedy = "Report it yourself, or leave reported_to out."
            yield toml_warning((*place, "reported_to"), fault, remedy)


def _unreachable_maxima(
    credit_type: CreditType, place: Place, figures: CreditFigures
) -> Iterator[InputProblem]:
    """Warnings of a maximum that nobody can reach, by the programme or by another maximum."""
    maximum = credit_type.maximum
    if maximum is not None and maximum > figures.reachable:
        most = format_units(credit_type, figures.reachable)
        fault = f"The programme supports at most {most}, less than this."
        remedy = "Check it, and the credit and times in sessions.csv."
        if credit_type.daily_maximum is not None:
            remedy = "Check it, the daily_maximum, and the credit and times in sessions.csv."
        yield toml_warning((*place, "maximum"), fault, remedy)
    if maximum == NO_CREDIT:
        fault = "The maximum is 0, so nobody can claim more than 0 of it."
        remedy = "Correct it, or remove the credit type."
        yield toml_warning((*place, "maximum"), fault, remedy)
    if maximum is None:
        return
    others: dict[Place, Amount] = {
        ("registration_maxima", code): limit
        for code, limit in credit_type.registration_maxima.items()
    }
    if credit_type.daily_maximum is not None:
        others["daily_maximum",] = credit_type.daily_maximum
    for key, limit in others.items():
        if limit > maximum:
            fault = f"It is above the maximum, {format_units(credit_type, maximum)}."
            yield toml_warning((*place, *key), fault, "Lower it, or leave it out.")


def _second_subsets(
    credit_type: CreditType, place: Place, types: CreditTypes
) -> Iterator[InputProblem]:
    """A warning of a subset that PARS takes only of learners who do not claim another one.

    A record in PARS has the credits of one credit type beside the total.
    """
    if credit_type.part_of is None or credit_type.reported_to is not Receiver.PARS:
        return
    first, *_ = (
        each for each in types.subsets_of(credit_type.part_of) if each.reported_to is Receiver.PARS
    )
    if credit_type != first:
        fault = (
            f"PARS takes one subset of a learner: this one only if no {first.code!r} is claimed."
        )
        remedy = "Write the subset that boards need first, and leave reported_to out in others."
        yield toml_warning((*place, "reported_to"), fault, remedy)


def _dates_outside(
    credit_type: CreditType, place: Place, claim: ClaimTerms
) -> Iterator[InputProblem]:
    if credit_type.opens_at is not None and credit_type.opens_at < claim.opens_at:
        fault = "The claim period opens later, and nothing can be claimed before."
        yield toml_warning((*place, "opens_at"), fault, "Check it, and opens_at under [claim].")
    if credit_type.closes_at is not None and credit_type.closes_at > claim.closes_at:
        fault = "The claim period closes earlier, and nothing can be claimed after it."
        yield toml_warning((*place, "closes_at"), fault, "Check it, and closes_at under [claim].")
