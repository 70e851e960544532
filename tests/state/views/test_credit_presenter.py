"""Credit by type: the bar's totals, the fields of totals, and what explains them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cme_reflex.domain.credit.credit_type import Amount, Need
from cme_reflex.domain.evaluations.form import Answers
from cme_reflex.domain.meetings.meeting import ProfessionBy
from cme_reflex.state.views import credit_presenter, view_models
from tests.support.values import claim_values
from tests.support.values.claim_values import NOW, summary
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY
from tests.support.values.professions import EIGHT, EUROPEAN, NINE, SPINE

CLAIM = claim_values.context(EIGHT, NINE)
SPINE_CLAIM = claim_values.context(EIGHT, NINE, meeting=SPINE)
NURSE = claim_values.context(EIGHT, NINE, meeting=SPINE, profession="nurse")


def test_the_bar_shows_the_primary_type_of_its_maximum_and_explains_all_types() -> None:
    assert credit_presenter.totals_view(summary(CLAIM), CLAIM) == view_models.TotalsView(
        sessions="2 sessions",
        amount="2.00",
        of="of 10.00 hours",
        percent=20,
        conflicts=1,
        why="Category 1, 2.00: 2.50 less 0.50 that overlaps Thu, Sep 26, 8:00–10:00 am\n"
        "Patient Safety, 0.50: your 1 session",
    )


def test_a_registration_type_has_its_own_maximum() -> None:
    day = claim_values.context(EIGHT, NINE, registration_type="day")
    view = credit_presenter.totals_view(summary(day), day)
    assert (view.amount, view.of, view.percent) == ("1.50", "of 1.50 hours", 100)
    assert view.why.startswith(
        "Category 1, 1.50: 2.50 less 0.50 that overlaps Thu, Sep 26, 8:00–10:00 am, "
        "less 0.50 above the maximum of 1.50 for your registration\n"
    )


def test_several_primary_types_are_named_and_daily_maxima_are_explained() -> None:
    view = credit_presenter.totals_view(summary(SPINE_CLAIM), SPINE_CLAIM)
    assert view.of == "of 10.00 hours, Category 1"
    assert view.why.splitlines()[-1] == (
        "European, 1.5: 2.5 less 0.5 that overlaps Thu, Sep 26, 8:00–10:00 am, "
        "less 0.5 above the daily maximum of 1.5 on Thu, Sep 26"
    )


def test_a_need_that_is_not_met_is_counted_and_told() -> None:
    waiting = summary(NURSE)
    sentence = "2 sessions do not count for Nursing until you evaluate them"
    assert credit_presenter.totals_view(waiting, NURSE).why == f"0.00: your 0 sessions\n{sentence}"
    assert credit_presenter.not_counted(waiting) == sentence
    answers = Answers(sessions={1: {"objectives": 3, "comment": "Good"}})
    evaluated = summary(NURSE, answers=answers)
    assert credit_presenter.not_counted(evaluated) == sentence.replace(
        "2 sessions do", "1 session does"
    ).replace("them", "it")
    assert credit_presenter.totals_view(evaluated, NURSE).amount == "1.50"


def test_without_sessions_and_without_types_the_bar_says_so() -> None:
    empty = claim_values.context()
    assert credit_presenter.totals_view(summary(empty), empty).why == (
        "Add the sessions that you attended."
    )
    nobody = claim_values.context(EIGHT, profession="visitor")
    view = credit_presenter.totals_view(summary(nobody), nobody)
    assert (view.amount, view.of) == ("", "No credit is offered to your profession")
    assert credit_presenter.credit_view(summary(nobody)) == view_models.CreditView()
    assert credit_presenter.total_views(summary(nobody), nobody, NOW) == []


def test_the_totals_are_those_of_the_seed() -> None:
    category1, safety = credit_presenter.total_views(
        summary(CLAIM, totals={"category1": Amount(4)}), CLAIM, NOW
    )
    assert category1 == view_models.TotalView(
        code="category1",
        label="Claimed Category 1 Hours",
        hint="Required. Your sessions support 2.00.",
        none="Choose…",
        choices=["2.00", "1.75", "1.50", "1.25", "1.00", "0.75", "0.50", "0.25"],
        why="2.00: 2.50 less 0.50 that overlaps Thu, Sep 26, 8:00–10:00 am",
        closed=False,
        claim_all="Claim all that my sessions support: 2.00, of which 0.50 Patient Safety",
    )
    assert safety == view_models.TotalView(
        code="safety",
        label="Claimed Patient Safety Hours",
        hint="Optional, part of Category 1. Your sessions support 0.50.",
        none="None chosen",
        choices=["0.50", "0.25", "0.00"],
        why="0.50: your 1 session",
        closed=False,
        claim_all="",
    )


def test_a_subset_is_at_most_the_primary_total_chosen() -> None:
    totals = {"category1": Amount(1)}
    _, safety = credit_presenter.total_views(summary(CLAIM, totals=totals), CLAIM, NOW)
    assert safety.choices == ["0.25", "0.00"]


def test_a_subset_whose_maximum_is_zero_can_be_claimed_as_zero() -> None:
    nothing = replace(MEETING, credit_types=(CATEGORY1, replace(SAFETY, maximum=Amount(0))))
    claim = claim_values.context(EIGHT, NINE, meeting=nothing)
    category1, safety = credit_presenter.total_views(summary(claim), claim, NOW)
    assert category1.claim_all == "Claim all that my sessions support: 2.00"
    assert safety == view_models.TotalView(
        code="safety",
        label="Claimed Patient Safety Hours",
        hint="Optional, part of Category 1. Your sessions support 0.00.",
        none="None chosen",
        choices=["0.00"],
        why="0.00: 0.50 less 0.50 above the maximum of 0.00",
        closed=False,
        claim_all="",
    )
    chosen = summary(claim, totals={"category1": Amount(8), "safety": Amount(0)})
    assert credit_presenter.total_views(chosen, claim, NOW)[0].claim_all == ""
    assert credit_presenter.credit_view(chosen).less == ""


def test_each_primary_type_is_claimed_by_itself() -> None:
    views = credit_presenter.total_views(summary(SPINE_CLAIM), SPINE_CLAIM, NOW)
    assert [(view.code, view.claim_all) for view in views] == [
        (
            "category1",
            "Claim all that my sessions support: 2.00 Category 1, of which 0.50 Patient Safety",
        ),
        ("safety", ""),
        ("european", "Claim all that my sessions support: 1.5 European"),
    ]
    assert views[0].hint == (
        "Choose at least one of Category 1 and European. Your sessions support 2.00."
    )
    totals = {"european": Amount(3)}
    chosen = summary(SPINE_CLAIM, totals=totals)
    assert credit_presenter.total_views(chosen, SPINE_CLAIM, NOW)[2].claim_all == ""
    assert credit_presenter.chosen_totals(chosen) == {
        "category1": "",
        "safety": "",
        "european": "1.5",
    }


def test_a_type_that_is_closed_says_so_and_cannot_be_chosen() -> None:
    answers = Answers(sessions={key: {"objectives": 3, "comment": "Good"} for key in (1, 2)})
    (open_type,) = credit_presenter.total_views(summary(NURSE, answers=answers), NURSE, NOW)
    assert open_type.hint == (
        "Required. Your sessions support 2.00. Claim Nursing by Dec 1, 2024, 10:00 am PT."
    )
    assert not open_type.closed
    late = datetime(2024, 12, 2, tzinfo=UTC)
    closed_summary = summary(NURSE, answers=answers, totals={"nursing": Amount(4)}, now=late)
    (closed,) = credit_presenter.total_views(closed_summary, NURSE, late)
    assert (closed.closed, closed.choices, closed.claim_all) == (True, [], "")
    assert closed.hint.endswith("Nursing could be claimed until Dec 1, 2024, 10:00 am PT.")
    assert credit_presenter.cleared_text(closed_summary, NURSE, late) == (
        "Your claimed Nursing hours were cleared: Nursing can no longer be claimed."
    )


def test_a_type_that_needs_the_overall_evaluation_waits_for_it() -> None:
    needy = replace(EUROPEAN, needs=Need.OVERALL_EVALUATION)
    meeting = replace(SPINE, credit_types=(CATEGORY1, needy))
    context = claim_values.context(EIGHT, meeting=meeting)
    _, waiting = credit_presenter.total_views(summary(context), context, NOW)
    assert (waiting.closed, waiting.hint.endswith("Answer the overall evaluation first.")) == (
        True,
        True,
    )
    answered = summary(context, answers=Answers(overall={"bias": True}))
    assert not credit_presenter.total_views(answered, context, NOW)[1].closed


def test_what_was_cleared_is_named_with_its_reason() -> None:
    above = summary(CLAIM, totals={"category1": Amount(9), "safety": Amount(2)})
    assert credit_presenter.cleared_text(above, CLAIM, NOW) == (
        "Your claimed Category 1 hours were above what your sessions now support, "
        "so choose them again."
    )
    other = summary(NURSE, totals={"category1": Amount(4), "safety": Amount(2)})
    assert credit_presenter.cleared_text(other, NURSE, NOW) == (
        "Your claimed Category 1 and Patient Safety hours were cleared: your profession is not "
        "offered Category 1 and Patient Safety."
    )
    assert credit_presenter.cleared_text(summary(CLAIM), CLAIM, NOW) == ""


def test_less_than_supported_is_told_for_what_is_claimed() -> None:
    view = credit_presenter.credit_view(summary(CLAIM, totals={"category1": Amount(4)}))
    assert view == view_models.CreditView(
        claimed="1.00",
        supported="2.00 hours",
        percent=50,
        others=["Patient Safety: 0.00 claimed of 0.50"],
        less="You claim 1.00 of the 2.00 hours that your sessions support. "
        "You claim 0.00 of the 0.50 Patient Safety hours that your sessions support.",
        claim_all="Claim all 2.00",
        claim_all_of="category1",
    )
    assert credit_presenter.credit_view(summary(CLAIM)).less == ""
    european = credit_presenter.credit_view(summary(SPINE_CLAIM, totals={"european": Amount(2)}))
    assert (european.less, european.claim_all, european.claim_all_of) == (
        "You claim 1.0 of the 1.5 European hours that your sessions support.",
        "Claim all 1.5 European",
        "european",
    )


def test_the_answers_to_check_name_every_type() -> None:
    rows = credit_presenter.summary_rows(summary(SPINE_CLAIM, totals={"category1": Amount(8)}))
    assert rows == [
        view_models.FigureView("Category 1", "2.00 of 2.00 supported"),
        view_models.FigureView("Of which Patient Safety", "0.00 of 0.50 supported"),
        view_models.FigureView("European", "Not chosen"),
    ]


@pytest.mark.parametrize(
    ("profession", "hint"),
    [
        ("physician", "You are awarded Category 1 and European. If you change it, what you chose "
         "of Category 1, Patient Safety and European is cleared unless the other profession is "
         "offered it too."),
        ("other", "You get a participation certificate for Category 1. If you change it, what you "
         "chose of Category 1 and Patient Safety is cleared unless the other profession is "
         "offered it too."),
    ],
)  # fmt: skip
def test_the_profession_says_what_it_gets_and_what_a_correction_clears(
    profession: str, hint: str
) -> None:
    context = claim_values.context(EIGHT, meeting=SPINE, profession=profession)
    assert credit_presenter.profession_hint(context, summary(context).offered) == hint


def test_a_profession_by_registration_says_whom_to_ask() -> None:
    meeting = replace(MEETING, profession_by=ProfessionBy.REGISTRATION)
    context = claim_values.context(EIGHT, meeting=meeting)
    assert credit_presenter.profession_hint(context, summary(context).offered) == (
        "You are awarded Category 1. It comes from your registration. If it is wrong, ask "
        "Member Services, help@example.org."
    )
    assert credit_presenter.profession_hint(CLAIM, summary(CLAIM).offered) == (
        "You are awarded Category 1."
    )
