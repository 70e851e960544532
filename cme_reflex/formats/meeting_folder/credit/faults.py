"""Contradictions between the credit types of meeting.toml, and between these and professions."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from cme_reflex.domain.credit.credit_type import (
    NO_CREDIT,
    Amount,
    CreditType,
    CreditTypes,
    Need,
    Receiver,
)
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.input_problems import InputProblem, did_you_mean
from cme_reflex.formats.meeting_folder.toml_problems import toml_fault
from cme_reflex.formats.tables.amounts import format_step, format_units

PARS_STEP = Fraction(1, 4)  # of a credit; PARS takes multiples of 0.25


def credit_faults(types: Sequence[CreditType]) -> Iterator[InputProblem]:
    """Faults of credit types that contradict each other. Without any, they make a CreditTypes."""
    if not any(each.is_primary for each in types):
        fault = "There is no credit type that is not part of another."
        yield toml_fault("credit", fault, "Add one without part_of.")
    yield from _repeated("credit", "credit types", "code", [each.code for each in types])
    by_code = {each.code: each for each in types}
    for number, each in enumerate(types):
        place = ("credit", number)
        if each.needs is Need.ATTENDANCE_RECORD:
            fault = "Attendance records cannot be loaded yet, so nobody could claim this credit."
            remedy = "Leave needs out, or choose an evaluation; attendees attest their presence."
            yield toml_fault((*place, "needs"), fault, remedy)
        if each.is_primary and each.maximum == NO_CREDIT:
            fault = "The maximum is 0, so nobody could claim this credit."
            yield toml_fault((*place, "maximum"), fault, "Correct it, or leave it out.")
        if each.part_of is not None:
            yield from _part_faults(each, place, by_code)
    yield from _receiver_faults(types)


def _part_faults(
    subset: CreditType, place: tuple[str, int], by_code: dict[str, CreditType]
) -> Iterator[InputProblem]:
    """Faults of a subset against its primary type."""
    whole = by_code.get(str(subset.part_of))
    key = (*place, "part_of")
    if whole is None:
        fault = f"There is no credit type {subset.part_of!r}."
        yield toml_fault(key, fault, did_you_mean(str(subset.part_of), by_code))
    elif circle := _circle(subset, by_code):
        fault = f"This is a circle: {' is part of '.join(circle)}."
        yield toml_fault(key, fault, "Leave out part_of in the type that is not part of another.")
    elif not whole.is_primary:
        fault = f"{whole.code!r} is itself part of {whole.part_of!r}."
        yield toml_fault(key, fault, f"Write {whole.part_of}, or leave part_of out.")
    else:
        for name in ("minutes_per_unit", "increment"):
            own, primary = getattr(subset, name), getattr(whole, name)
            if own != primary:
                fault = f"{float(own):g} is not that of {whole.code!r}, {float(primary):g}."
                yield toml_fault((*place, name), fault, "A subset is measured as its whole is.")
                return
        yield from _maximum_faults(subset, whole, place)


def _maximum_faults(
    subset: CreditType, whole: CreditType, place: tuple[str, int]
) -> Iterator[InputProblem]:
    for name in ("maximum", "daily_maximum"):
        own, limit = getattr(subset, name), getattr(whole, name)
        if _exceeds(own, limit):
            fault = f"It is part of {whole.code!r}, whose {name} is {format_units(whole, limit)}."
            yield toml_fault((*place, name), fault, "Lower it.")
    for code, own in subset.registration_maxima.items():
        limit = whole.registration_maxima.get(code, whole.maximum)
        if _exceeds(own, limit):
            fault = f"{whole.code!r}, of which it is part, has {format_units(whole, limit)}."
            yield toml_fault((*place, "registration_maxima", code), fault, "Lower it.")


def _exceeds(own: Amount | None, limit: Amount | None) -> bool:
    return own is not None and limit is not None and own > limit


def _circle(subset: CreditType, by_code: dict[str, CreditType]) -> list[str]:
    """The codes from this type back to itself by part_of; empty if there is no way back."""
    path = [subset.code]
    part_of = subset.part_of
    while part_of is not None and part_of in by_code and part_of not in path:
        path.append(part_of)
        part_of = by_code[part_of].part_of
    return [*path, subset.code] if part_of == subset.code else []


def _receiver_faults(types: Sequence[CreditType]) -> Iterator[InputProblem]:
    """Faults of credit that ACCME's PARS would not take."""
    reported = [n for n, each in enumerate(types) if each.reported_to is Receiver.PARS]
    for number in reported:
        each, key = types[number], ("credit", number, "reported_to")
        if each.part_of is not None:
            if each.part_of not in {types[other].code for other in reported}:
                fault = f"PARS takes it only as part of {each.part_of!r}, which is not reported."
                remedy = 'Write reported_to = "pars" there as well, or leave it out here.'
                yield toml_fault(key, fault, remedy)
        elif (each.increment / PARS_STEP).denominator != 1:
            step = format_step(each.increment)
            fault = f"PARS takes multiples of 0.25, and the increment is {step}."
            yield toml_fault(key, fault, "Change the increment, or leave reported_to out.")
        if each.display_divisor != 1:
            fault = f"PARS takes credits, and this is shown divided by {each.display_divisor}."
            yield toml_fault(key, fault, "Leave display_divisor out, or reported_to.")
    primaries = [types[number].code for number in reported if types[number].is_primary]
    for number in reported:
        if len(primaries) > 1 and types[number].code in primaries[1:]:
            fault = f"{primaries[0]!r} is reported to PARS, which takes one credit type."
            yield toml_fault(("credit", number, "reported_to"), fault, "Leave it out in one.")


def profession_faults(meeting: Meeting, types: CreditTypes) -> Iterator[InputProblem]:
    """Faults of professions and registration types, and of credit types that name them."""
    codes = [each.code for each in meeting.professions]
    if not codes:
        yield toml_fault("professions", "There is no profession.", "Add one.")
    yield from _repeated("professions", "professions", "code", codes)
    degrees = [degree.casefold() for each in meeting.professions for degree in each.degrees]
    yield from _repeated("professions", "professions", "degree", degrees)
    registrations = {each.code for each in meeting.registration_types}
    numbers = {each.code: number for number, each in enumerate(types.types)}
    for each in types:
        place = ("credit", numbers[each.code])
        yield from _unknown_codes(each, place, set(codes), registrations)
        yield from _unoffered(each, place, types)
        if each.closes_at and each.closes_at <= (each.opens_at or meeting.claim.opens_at):
            fault = "It closes before it opens."
            yield toml_fault((*place, "closes_at"), fault, "Check opens_at and closes_at.")
    for number, profession in enumerate(meeting.professions):
        if not types.offered_to(profession.code):
            fault = f"No credit type is for {profession.code!r}."
            remedy = "Add it to awarded_to or participation_for of a credit type, or remove it."
            yield toml_fault(("professions", number), fault, remedy)


def _unknown_codes(
    credit_type: CreditType,
    place: tuple[str, int],
    professions: Collection[str],
    registrations: Collection[str],
) -> Iterator[InputProblem]:
    for key in ("awarded_to", "participation_for"):
        for code in sorted(getattr(credit_type, key) - set(professions)):
            fault = f"There is no profession {code!r}."
            yield toml_fault((*place, key), fault, did_you_mean(code, professions))
    for code in sorted(credit_type.awarded_to & credit_type.participation_for):
        fault = f"{code!r} is also under awarded_to."
        yield toml_fault((*place, "participation_for"), fault, "Keep it in one of them.")
    for code in sorted(credit_type.registration_maxima.keys() - set(registrations)):
        fault = f"There is no registration type {code!r}."
        remedy = did_you_mean(code, registrations)
        yield toml_fault((*place, "registration_maxima", code), fault, remedy)


def _unoffered(
    credit_type: CreditType, place: tuple[str, int], types: CreditTypes
) -> Iterator[InputProblem]:
    """Faults of a type that is offered to nobody, or to whom its primary type is not offered."""
    named = credit_type.awarded_to | credit_type.participation_for
    if credit_type.part_of is None:
        if not named:
            fault = "It is offered to no profession."
            remedy = 'Add professions, such as awarded_to = ["physician"].'
            yield toml_fault((*place, "awarded_to"), fault, remedy)
        return
    whole = types[credit_type.part_of]
    for key in ("awarded_to", "participation_for"):
        missing = getattr(credit_type, key) - whole.awarded_to - whole.participation_for
        for code in sorted(missing):
            fault = f"{whole.code!r}, of which it is part, is not offered to {code!r}."
            yield toml_fault((*place, key), fault, "Remove it, or add it there as well.")


def _repeated(place: str, things: str, name: str, values: Iterable[str]) -> Iterator[InputProblem]:
    for value, times in sorted(Counter(values).items()):
        if times > 1:
            fault = f"Two {things} have the {name} {value!r}."
            yield toml_fault(place, fault, f"Make each {name} unique.")
