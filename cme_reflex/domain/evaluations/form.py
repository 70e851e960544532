"""Evaluation forms: a meeting's questions, and validation of the answers.

Question kinds follow MedBiquitous survey items: yes/no, scale, select one,
select many and free text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Answer = str | int | bool | tuple[str, ...]
"""A bool for yes/no, an int from 1 for a scale, a str for one of or text, a tuple for some of."""

TEXT_LIMIT = 4000  # characters; a page and a half, more than people type on a phone


class QuestionKind(StrEnum):
    """Kinds of questions, by the kind of answer."""

    YES_NO = "yes_no"
    SCALE = "scale"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    TEXT = "text"


class InvalidAnswer(ValueError):
    """The value is not a valid answer to the question, or the form has no such question."""

    def __init__(self, question: str) -> None:
        super().__init__(f"That is not an answer to {question!r}.")
        self.question = question


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a form. A scale has `points` (3 to 10); a choice question has `options`."""

    key: str
    kind: QuestionKind
    text: str
    required: bool = False
    points: int = 5
    low: str = ""
    high: str = ""
    options: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind is QuestionKind.SCALE and not 3 <= self.points <= 10:
            raise ValueError(f"question {self.key!r}: a scale has 3 to 10 points")
        is_choice = self.kind in (QuestionKind.ONE_OF, QuestionKind.SOME_OF)
        if is_choice and len(set(self.options)) < 2:
            raise ValueError(f"question {self.key!r}: give two or more different options")

    def parse_answer(self, value: object) -> Answer | None:
        """Parse the value of a form field; None if it clears the answer.

        Raises InvalidAnswer for anything that the form could not have sent.
        """
        match self.kind, value:
            case _, None | "" | [] | ():
                return None
            case QuestionKind.YES_NO, bool():
                return value
            case QuestionKind.SCALE, int() if not isinstance(value, bool):
                if 1 <= value <= self.points:
                    return value
            case QuestionKind.ONE_OF, str() if value in self.options:
                return value
            case QuestionKind.SOME_OF, list() | tuple():
                if all(isinstance(choice, str) for choice in value) and set(value) <= set(
                    self.options
                ):
                    return tuple(option for option in self.options if option in value)
            case QuestionKind.TEXT, str() if len(value) <= TEXT_LIMIT and "\0" not in value:
                return value.strip() or None
        raise InvalidAnswer(self.key)

    def with_option(self, answer: Answer | None, option: str, chosen: bool) -> Answer | None:
        """The answer after an option of a select-many question is selected or cleared.

        Idempotent. Raises InvalidAnswer if the question has no such option.
        """
        if self.kind is not QuestionKind.SOME_OF or option not in self.options:
            raise InvalidAnswer(self.key)
        previous = answer if isinstance(answer, tuple) else ()
        others = [choice for choice in previous if choice != option]
        return self.parse_answer([*others, option] if chosen else others)


@dataclass(frozen=True, slots=True)
class Answers:
    """An attendee's answers by question key; those in `sessions` by session id first."""

    sessions: Mapping[int, Mapping[str, Answer]] = field(default_factory=dict)
    overall: Mapping[str, Answer] = field(default_factory=dict)

    def of_session(self, session_id: int) -> Mapping[str, Answer]:
        """The answers to one session's evaluation."""
        return self.sessions.get(session_id, {})


@dataclass(frozen=True, slots=True)
class Form:
    """The questions of one evaluation, in order."""

    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        keys = [question.key for question in self.questions]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"two questions with the key {min(repeated)!r}")

    def question(self, key: str) -> Question:
        """The question with this key. Raises InvalidAnswer if the form does not have it."""
        for question in self.questions:
            if question.key == key:
                return question
        raise InvalidAnswer(key)

    def missing_required(self, answers: Mapping[str, Answer]) -> Sequence[Question]:
        """The required questions without an answer, in order."""
        return [q for q in self.questions if q.required and q.key not in answers]

    def is_completed_by(self, answers: Mapping[str, Answer]) -> bool:
        """Whether the form looks complete to the person filling it in.

        Every required question is answered; where none is required, every
        question except free text.
        """
        expected = [q for q in self.questions if q.required] or [
            q for q in self.questions if q.kind is not QuestionKind.TEXT
        ]
        return bool(answers) and all(question.key in answers for question in expected)
