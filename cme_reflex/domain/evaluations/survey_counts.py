"""Anonymous counts of the answers to evaluations.

Answers of very few respondents could identify them. So below MIN_RESPONDENTS
only the number of respondents is shown, not their answers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from cme_reflex.domain.evaluations.form import Answer, Form, Question, QuestionKind

MIN_RESPONDENTS = 3  # people who must answer a question before its answers are shown

OUTCOMES = (
    "Learner Knowledge",
    "Learner Competence",
    "Learner Performance",
    "Patient Health",
    "Community Health",
)
"""Outcomes that a question can measure, as ACCME's PARS names them."""

COMMERCIAL_BIAS = "commercial bias"
"""Tag of questions about commercial bias (ACCME Standards for Integrity and Independence)."""


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """Counts of the answers to one question. `by_choice` has every choice in the form's order.

    `texts` are sorted alphabetically, so that their order does not reveal the
    respondents. Below MIN_RESPONDENTS everything but `answered` is empty.
    """

    question: Question
    answered: int
    by_choice: Mapping[str, int]
    texts: tuple[str, ...] = ()
    mean: Fraction | None = None
    median: Fraction | None = None

    @property
    def is_shown(self) -> bool:
        """Whether enough people answered to show the answers."""
        return self.answered >= MIN_RESPONDENTS


def count_answers(question: Question, answers: Iterable[Answer]) -> QuestionCounts:
    """Count the answers to a question."""
    responses = list(answers)
    if len(responses) < MIN_RESPONDENTS:
        return QuestionCounts(question, len(responses), {})
    if question.kind is QuestionKind.TEXT:
        texts = sorted(map(str, responses), key=lambda text: (text.casefold(), text))
        return QuestionCounts(question, len(responses), {}, tuple(texts))
    counts = Counter(label for answer in responses for label in _labels(answer))
    # Options that have been removed from the form since are counted as well.
    labels = [*_choices(question), *sorted(set(counts) - set(_choices(question)))]
    points = [answer for answer in responses if question.kind is QuestionKind.SCALE]
    return QuestionCounts(
        question,
        len(responses),
        {label: counts[label] for label in labels},
        mean=Fraction(sum(map(int, points)), len(points)) if points else None,  # type: ignore[arg-type]
        median=Fraction(median(map(int, points))) if points else None,  # type: ignore[arg-type]
    )


def count_form_answers(
    form: Form, answers: Iterable[Mapping[str, Answer]]
) -> tuple[QuestionCounts, ...]:
    """Count the answers of many people to a form, question by question."""
    responses = list(answers)
    return tuple(
        count_answers(
            question,
            [response[question.key] for response in responses if question.key in response],
        )
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
