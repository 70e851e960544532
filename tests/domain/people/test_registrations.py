"""Who of a list of registrations is who of the list before it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.domain.people.registrations import (
    Mark,
    PassedOn,
    Registration,
    match_registrations,
)


def registration(badge: str, confirmation: str, name: tuple[str, str]) -> Registration:
    return Registration(badge=badge, confirmation=confirmation, name=name)


ANN = registration("1", "A", ("lee", "ann"))
BOB = registration("2", "B", ("lee", "bob"))
EVA = registration("3", "C", ("eze", "eva"))
LIST = [ANN, BOB, EVA]
NEW = registration("9", "Z", ("new", "nat"))


@pytest.mark.parametrize(
    ("listed", "former"),
    [
        ([EVA, ANN, BOB], [2, 0, 1]),
        ([replace(ANN, badge="9"), BOB, EVA], [0, 1, 2]),
        ([replace(ANN, confirmation="Z"), BOB, EVA], [0, 1, 2]),
        ([replace(ANN, name=("lee", "anne")), BOB, EVA], [0, 1, 2]),
        ([NEW, BOB], [None, 1]),
        # Two of three are another's or new: somebody else, whatever is left of the person.
        ([replace(NEW, badge="1")], [None]),
        ([replace(NEW, confirmation="A")], [None]),
        ([replace(NEW, name=ANN.name)], [None]),
        ([], []),
    ],
)
def test_whoever_has_two_of_three_is_the_same_person(
    listed: list[Registration], former: list[int | None]
) -> None:
    assert match_registrations(LIST, listed).former == former


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (LIST, []),
        ([replace(ANN, badge="9"), BOB, EVA], []),
        # A corrected first name that somebody else has, and keeps.
        ([replace(EVA, name=ANN.name), ANN, BOB], []),
        (
            [replace(ANN, badge="2"), replace(BOB, badge="1"), EVA],
            [PassedOn(Mark.BADGE, 1, 0, 0), PassedOn(Mark.BADGE, 0, 1, 1)],
        ),
        (
            [replace(ANN, confirmation="B"), replace(BOB, confirmation="A"), EVA],
            [PassedOn(Mark.CONFIRMATION, 1, 0, 0), PassedOn(Mark.CONFIRMATION, 0, 1, 1)],
        ),
        (
            [replace(ANN, name=BOB.name), replace(BOB, name=ANN.name), EVA],
            [PassedOn(Mark.NAME, 1, 0, 0), PassedOn(Mark.NAME, 0, 1, 1)],
        ),
        (
            [replace(ANN, badge="2"), replace(BOB, badge="3"), replace(EVA, badge="1")],
            [
                PassedOn(Mark.BADGE, 1, 0, 0),
                PassedOn(Mark.BADGE, 2, 1, 1),
                PassedOn(Mark.BADGE, 0, 2, 2),
            ],
        ),
        ([replace(NEW, badge="1"), BOB, EVA], [PassedOn(Mark.BADGE, 0, 0, None)]),
        (
            [replace(NEW, confirmation="A"), ANN, BOB],
            [PassedOn(Mark.CONFIRMATION, 0, 0, None)],
        ),
    ],
)
def test_what_goes_from_one_person_to_another_is_told(
    listed: list[Registration], expected: list[PassedOn]
) -> None:
    assert match_registrations(LIST, listed).passed_on == expected


def test_those_who_are_not_listed_are_gone() -> None:
    assert match_registrations(LIST, [EVA, NEW]).gone(len(LIST)) == [0, 1]


names = st.sampled_from([("lee", "ann"), ("lee", "bob"), ("eze", "eva"), ("kim", "jo")])


@st.composite
def lists(draw: st.DrawFn) -> list[Registration]:
    count = draw(st.integers(0, 5))
    badges = draw(st.permutations("12345"))[:count]
    confirmations = draw(st.permutations("ABCDE"))[:count]
    return [
        registration(badge, confirmation, draw(names))
        for badge, confirmation in zip(badges, confirmations, strict=True)
    ]


@given(former=lists(), listed=lists())
def test_nobody_becomes_somebody_else(
    former: Sequence[Registration], listed: Sequence[Registration]
) -> None:
    found = match_registrations(former, listed)
    own = [position for position in found.former if position is not None]
    assert len(own) == len(set(own))
    told = {(each.mark, each.former, each.listed) for each in found.passed_on}
    for position, each in enumerate(listed):
        was = found.former[position]
        if was is not None:
            same = (
                each.badge == former[was].badge,
                each.confirmation == former[was].confirmation,
                each.name == former[was].name,
            )
            assert sum(same) >= 2
        for holder, before in enumerate(former):
            if holder != was:
                assert (each.badge == before.badge) == ((Mark.BADGE, holder, position) in told)
                assert (each.confirmation == before.confirmation) == (
                    (Mark.CONFIRMATION, holder, position) in told
                )
