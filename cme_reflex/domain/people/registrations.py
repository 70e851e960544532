"""Who of a list of registrations is who of the list before it.

A registration is known by its badge, its confirmation number and the name: whoever has two of the
three is the same person. A list never gives to one person what belongs to another: a claim stays
with the person, and a number that goes from one person to another is told, because whoever signed
in with it would get to somebody else's claim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a person is known by. `name` is compared as it is: fold it first."""

    badge: str
    confirmation: str
    name: tuple[str, ...]


class Mark(StrEnum):
    """One of the three things that a person is known by."""

    BADGE = "badge"
    CONFIRMATION = "confirmation"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Something that was one person's, and is another's in the new list.

    `former` and `listed` are positions in the lists: of whose it was, and of whose it is. `own` is
    the former position of the latter, None for somebody new.
    """

    mark: Mark
    former: int
    listed: int
    own: int | None


@dataclass(frozen=True, slots=True)
class Matching:
    """Who is who: the former position of each listed one, None for somebody new."""

    former: Sequence[int | None]
    passed_on: Sequence[PassedOn]

    def gone(self, count: int) -> list[int]:
        """Positions of the former list, which has `count`, of those who are not listed."""
        found = set(self.former)
        return [position for position in range(count) if position not in found]


def match_registrations(former: Sequence[Registration], listed: Sequence[Registration]) -> Matching:
    """Find those of the former list in the new one.

    In each list a badge and a confirmation number occur once at most. Where two of the same name
    could be meant, the one with the badge is. The work grows linearly with the lists.
    """
    by_badge = {each.badge: position for position, each in enumerate(former)}
    by_confirmation = {each.confirmation: position for position, each in enumerate(former)}
    matched: list[int | None] = []
    for each in listed:
        holder = by_badge.get(each.badge)
        if holder is not None and not _has_another_of(each, former[holder]):
            holder = None
        matched.append(holder)
    taken = set(matched)
    for position, each in enumerate(listed):
        holder = by_confirmation.get(each.confirmation)
        if matched[position] is None and holder is not None and holder not in taken:
            matched[position] = holder if each.name == former[holder].name else None
    passed_on = [
        *_numbers_passed_on(Mark.BADGE, by_badge, [each.badge for each in listed], matched),
        *_numbers_passed_on(
            Mark.CONFIRMATION, by_confirmation, [each.confirmation for each in listed], matched
        ),
        *_names_passed_on(former, listed, matched),
    ]
    return Matching(matched, passed_on)


def _has_another_of(one: Registration, other: Registration) -> bool:
    """Whether two with the same badge have another of the three in common."""
    return one.confirmation == other.confirmation or one.name == other.name


def _numbers_passed_on(
    mark: Mark, holders: Mapping[str, int], listed: Sequence[str], matched: Sequence[int | None]
) -> list[PassedOn]:
    return [
        PassedOn(mark, holders[number], position, matched[position])
        for position, number in enumerate(listed)
        if number in holders and holders[number] != matched[position]
    ]


def _names_passed_on(
    former: Sequence[Registration], listed: Sequence[Registration], matched: Sequence[int | None]
) -> list[PassedOn]:
    """Names that people exchange; a corrected name is nobody's before, or stays another's too."""
    renamed = {
        own: position
        for position, own in enumerate(matched)
        if own is not None and former[own].name != listed[position].name
    }
    had = {former[own].name: own for own in renamed}
    return [
        PassedOn(Mark.NAME, had[listed[position].name], position, own)
        for own, position in renamed.items()
        if listed[position].name in had
    ]
