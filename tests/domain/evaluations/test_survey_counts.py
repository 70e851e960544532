"""Answers counted, and hidden where so few gave them that they would have names."""

from fractions import Fraction

import pytest

from cme_reflex.domain.evaluations.form import Answer, Form, Question, QuestionKind
from cme_reflex.domain.evaluations.survey_counts import (
    QuestionCounts,
    count_answers,
    count_form_answers,
)

SCALE = Question(key="q", kind=QuestionKind.SCALE, text="How well?", points=4)
YES_NO = Question(key="y", kind=QuestionKind.YES_NO, text="Free of bias?")
SOME = Question(key="s", kind=QuestionKind.SOME_OF, text="Which?", options=("A", "B", "C"))
ONE = Question(key="o", kind=QuestionKind.ONE_OF, text="Which one?", options=("A", "B"))
TEXT = Question(key="t", kind=QuestionKind.TEXT, text="Comments")


@pytest.mark.parametrize(
    ("question", "answers", "counts"),
    [
        (SCALE, [4, 1, 4], {"1": 1, "2": 0, "3": 0, "4": 2}),
        (YES_NO, [True, True, False], {"Yes": 2, "No": 1}),
        (SOME, [("A",), ("A", "C"), ("C",)], {"A": 2, "B": 0, "C": 2}),
        (ONE, ["B", "B", "B"], {"A": 0, "B": 3}),
        (ONE, ["B", "B", "Once offered"], {"A": 0, "B": 2, "Once offered": 1}),
    ],
)
def test_every_choice_is_counted_including_those_with_no_answers(
    question: Question, answers: list[Answer], counts: dict[str, int]
) -> None:
    counted = count_answers(question, answers)
    assert (counted.question, counted.answered) == (question, 3)
    assert (counted.by_choice, list(counted.by_choice)) == (counts, list(counts))


def test_a_scale_has_a_mean_and_a_middle() -> None:
    counted = count_answers(SCALE, [4, 1, 2, 2])
    assert (counted.mean, counted.median) == (Fraction(9, 4), Fraction(2))
    assert count_answers(SCALE, [1, 2, 3, 4]).median == Fraction(5, 2)
    assert count_answers(YES_NO, [True, False, True]).mean is None


def test_texts_are_sorted_so_that_they_do_not_reveal_respondents() -> None:
    told = count_answers(TEXT, ["too long", "Bravo", "again"])
    assert told == QuestionCounts(TEXT, 3, {}, texts=("again", "Bravo", "too long"))


@pytest.mark.parametrize("question", [SCALE, TEXT])
def test_answers_of_two_people_are_not_shown(question: Question) -> None:
    assert count_answers(question, [1, 2]) == QuestionCounts(question, 2, {})
    assert not count_answers(question, [1, 2]).is_shown
    assert count_answers(question, [1, 2, 3]).is_shown


def test_a_form_is_counted_question_by_question_over_those_who_answered_it() -> None:
    people = [{"q": 1}, {"q": 2, "y": True}, {"q": 3}, {}]
    answered = [counted.answered for counted in count_form_answers(Form((SCALE, YES_NO)), people)]
    assert answered == [3, 1]
