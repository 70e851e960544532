"""Answers counted: how often each was given, without names.

An answer of very few people tells who gave it, so nothing is shown of fewer
than MIN_RESPONDENTS: their number, but not what they said.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from cme_reflex.domain.evaluations.form import Answer, Form, Question, QuestionKind

MIN_RESPONDENTS = 3  # people who must have answered a question before their answers are shown

OUTCOMES = (
    "Learner Knowledge",
    "Learner Competence",
    "Learner Performance",
    "Patient Health",
    "Community Health",
)
"""What a question can measure, in the words of ACCME's PARS."""

COMMERCIAL_BIAS = "commercial bias"
"""The tag of a question that asks about it (ACCME Standards for Integrity and Independence)."""


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """The answers to one question. `by_choice` has every possible choice, in the form's order.

    `texts` are in the order of the alphabet, which tells nothing of who wrote
    them. All but `answered` is empty where fewer than MIN_RESPONDENTS people answered.
    """

    question: Question
    answered: int
    by_choice: Mapping[str, int]
    texts: tuple[str, ...] = ()
    mean: Fraction | None = None
    median: Fraction | None = None

    @property
    def is_shown(self) -> bool:
        """Whether enough people answered."""
        return self.answered >= MIN_RESPONDENTS


def count_answers(question: Question, answers: Iterable[Answer]) -> QuestionCounts:
    """Count the answers to a question."""
    given = list(answers)
    if len(given) < MIN_RESPONDENTS:
        return QuestionCounts(question, len(given), {})
    if question.kind is QuestionKind.TEXT:
        texts = sorted(map(str, given), key=lambda text: (text.casefold(), text))
        return QuestionCounts(question, len(given), {}, tuple(texts))
    counted = Counter(label for answer in given for label in _labels(answer))
    # An option that a later form no longer has was chosen all the same.
    labels = [*_choices(question), *sorted(set(counted) - set(_choices(question)))]
    points = [answer for answer in given if question.kind is QuestionKind.SCALE]
    return QuestionCounts(
        question,
        len(given),
        {label: counted[label] for label in labels},
        mean=Fraction(sum(map(int, points)), len(points)) if points else None,  # type: ignore[arg-type]
        median=Fraction(median(map(int, points))) if points else None,  # type: ignore[arg-type]
    )


def count_form_answers(
    form: Form, answers: Iterable[Mapping[str, Answer]]
) -> tuple[QuestionCounts, ...]:
    """Count the answers of many people to a form, question by question."""
    given = list(answers)
    return tuple(
        count_answers(question, [each[question.key] for each in given if question.key in each])
        for question in form.questions
    )


def _choices(question: Question) -> tuple[str, ...]:
    match question.kind:
        case QuestionKind.YES_NO:
            return ("Yes", "No")
        case QuestionKind.SCALE:
            return tuple(str(point) for point in range(1, question.points + 1))
    return question.options


def _labels(answer: Answer) -> tuple[str, ...]:
    match answer:
        case bool():
            return ("Yes" if answer else "No",)
        case tuple():
            return answer
    return (str(answer),)
