"""Evaluations: the questions a meeting asks, and what counts as an answer.

Question kinds follow MedBiquitous survey items: yes/no, scale, select one,
select many and free text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Answer = str | int | bool | tuple[str, ...]
"""Yes/no is a bool, a scale an int from 1, one of a str, some of a tuple, text a str."""

TEXT_LIMIT = 4000  # characters; a page and a half, more than anyone types on a phone


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    SCALE = "scale"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    TEXT = "text"


class InvalidAnswer(ValueError):
    """The value is no answer to the question."""

    def __init__(self, question: str) -> None:
        super().__init__(f"That is not an answer to {question!r}.")
        self.question = question


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One item of a form. `points` is for a scale (3 to 10), `options` for the choices."""

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
        chooses = self.kind in (QuestionKind.ONE_OF, QuestionKind.SOME_OF)
        if chooses and len(set(self.options)) < 2:
            raise ValueError(f"question {self.key!r}: give two or more different options")

    def parse_answer(self, value: object) -> Answer | None:
        """The value as an answer, or None where it takes the answer back.

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

    def with_option(self, given: Answer | None, option: str, chosen: bool) -> Answer | None:
        """The answer that was given, after one of several options is chosen or is not any more.

        The same tick twice changes nothing. Raises InvalidAnswer where there is no such choice.
        """
        if self.kind is not QuestionKind.SOME_OF or option not in self.options:
            raise InvalidAnswer(self.key)
        others = [one for one in given if one != option] if isinstance(given, tuple) else []
        return self.parse_answer([*others, option] if chosen else others)


@dataclass(frozen=True, slots=True)
class Answers:
    """What an attendee answered, by question key; `sessions` by session id first."""

    sessions: Mapping[int, Mapping[str, Answer]] = field(default_factory=dict)
    overall: Mapping[str, Answer] = field(default_factory=dict)

    def of_session(self, session_id: int) -> Mapping[str, Answer]:
        """The answers about one session."""
        return self.sessions.get(session_id, {})


@dataclass(frozen=True, slots=True)
class Form:
    """The questions of one evaluation, in the order in which they are asked."""

    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        keys = [question.key for question in self.questions]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"two questions with the key {min(repeated)!r}")

    def question(self, key: str) -> Question:
        """The question with this key. Raises InvalidAnswer if the form has none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise InvalidAnswer(key)

    def missing_required(self, answers: Mapping[str, Answer]) -> Sequence[Question]:
        """The required questions without an answer, in order."""
        return [q for q in self.questions if q.required and q.key not in answers]

    def is_complete(self, answers: Mapping[str, Answer]) -> bool:
        """Whether somebody who looks at this form would call it done.

        Every required question is answered; where none is required, every one
        but the free texts.
        """
        wanted = [q for q in self.questions if q.required] or [
            q for q in self.questions if q.kind is not QuestionKind.TEXT
        ]
        return bool(answers) and all(question.key in answers for question in wanted)
