from dataclasses import replace

import pytest

from cme_reflex.domain.credit.credit_type import CreditType, CreditTypes, UnknownCreditType
from tests.support.values.credit_values import AMA, ANCC, ASWB, COPE, EACCME, SAFETY, credit_type

OPIOID = credit_type("opioid", part_of="ama")
PHARM = credit_type("pharm", part_of="ancc")
ALL = CreditTypes((SAFETY, AMA, PHARM, ANCC, OPIOID))


def codes(types: CreditTypes) -> list[str]:
    return [each.code for each in types]


def test_each_primary_type_comes_before_its_subsets() -> None:
    assert codes(ALL) == ["ama", "safety", "opioid", "ancc", "pharm"]
    assert (ALL.primaries, ALL.subsets_of("ama")) == ((AMA, ANCC), (SAFETY, OPIOID))
    assert (ALL.subsets_of("safety"), len(ALL), bool(CreditTypes(()))) == ((), 5, False)


def test_a_type_is_found_by_its_code() -> None:
    assert (ALL["safety"], "safety" in ALL, "cope" in ALL) == (SAFETY, True, False)


@pytest.mark.parametrize("wrong", ["", "cope", "AMA", None, 1, ["ama"]])
def test_an_unknown_code_is_rejected(wrong: object) -> None:
    with pytest.raises(UnknownCreditType) as refusal:
        ALL[wrong]
    assert refusal.value.code == wrong
    assert str(refusal.value) == f"There is no credit type {wrong!r} here."


def test_no_two_types_have_one_code() -> None:
    with pytest.raises(ValueError, match=r"^two credit types have the same code$"):
        CreditTypes((AMA, ANCC, replace(AMA, label="Other")))


@pytest.mark.parametrize(
    "types",
    [
        (AMA, PHARM),
        (credit_type("ama", part_of="ama"),),
        (AMA, SAFETY, replace(OPIOID, part_of="safety")),
    ],
)
def test_a_subset_is_part_of_a_primary_type(types: tuple[CreditType, ...]) -> None:
    with pytest.raises(ValueError, match=r"is not a primary credit type$"):
        CreditTypes(types)


def test_a_circle_of_subsets_is_rejected() -> None:
    circle = (credit_type("a", part_of="b"), credit_type("b", part_of="a"))
    with pytest.raises(ValueError, match=r"^a: 'b' is not a primary credit type$"):
        CreditTypes(circle)


@pytest.mark.parametrize(
    "subset",
    [
        replace(SAFETY, increment=EACCME.increment),
        replace(SAFETY, minutes_per_unit=COPE.minutes_per_unit),
        replace(SAFETY, minutes_per_unit=30, increment=EACCME.increment),
    ],
)
def test_a_subset_is_measured_as_its_primary_type(subset: CreditType) -> None:
    with pytest.raises(ValueError, match=r"^safety: unit and increment are not those of ama$"):
        CreditTypes((AMA, subset))


def awarded(of: CreditType, *professions: str) -> CreditType:
    return replace(of, awarded_to=frozenset(professions))


def test_a_profession_is_offered_what_it_is_awarded_or_participates_in() -> None:
    types = CreditTypes(
        (
            replace(awarded(AMA, "physician"), participation_for=frozenset({"pa"})),
            SAFETY,
            awarded(OPIOID, "physician"),
            awarded(ANCC, "nurse", "pa"),
            awarded(PHARM, "nurse", "physician"),
            ASWB,
        )
    )
    offered = {
        profession: codes(types.offered_to(profession))
        for profession in ("physician", "pa", "nurse", "other", "")
    }
    assert offered == {
        "physician": ["ama", "safety", "opioid"],
        "pa": ["ama", "safety", "ancc"],
        "nurse": ["ancc", "pharm"],
        "other": [],
        "": [],
    }


def test_a_subset_may_be_offered_for_participation() -> None:
    pa = frozenset({"pa"})
    types = CreditTypes((awarded(AMA, "pa"), replace(SAFETY, participation_for=pa)))
    assert codes(types.offered_to("pa")) == ["ama", "safety"]
