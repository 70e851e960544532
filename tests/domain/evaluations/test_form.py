import pytest

from cme_reflex.domain.evaluations.form import (
    Answer,
    Answers,
    Form,
    InvalidAnswer,
    Question,
    QuestionKind,
)

SCALE = Question(key="scale", kind=QuestionKind.SCALE, text="How was it?", points=5, required=True)
YES_NO = Question(key="bias", kind=QuestionKind.YES_NO, text="Free of bias?", required=True)
ONE = Question(key="one", kind=QuestionKind.ONE_OF, text="Which?", options=("A", "B", "C"))
SOME = Question(key="some", kind=QuestionKind.SOME_OF, text="Which ones?", options=("A", "B", "C"))
TEXT = Question(key="text", kind=QuestionKind.TEXT, text="Anything else?")


@pytest.mark.parametrize(
    ("question", "value", "answer"),
    [
        (SCALE, 1, 1),
        (SCALE, 5, 5),
        (YES_NO, False, False),
        (ONE, "B", "B"),
        (SOME, ["C", "A", "C"], ("A", "C")),
        (SOME, ["C", "B", "A"], ("A", "B", "C")),
        (TEXT, "x" * 4000, "x" * 4000),
        (TEXT, "  Well done \n", "Well done"),
        (SCALE, None, None),
        (ONE, "", None),
        (SOME, [], None),
        (TEXT, "   ", None),
    ],
)
def test_an_answer_is_normalized(question: Question, value: object, answer: object) -> None:
    assert question.parse_answer(value) == answer


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (SCALE, 0),
        (SCALE, 6),
        (SCALE, "3"),
        (SCALE, True),
        (SCALE, 2.5),
        (YES_NO, "yes"),
        (YES_NO, 1),
        (ONE, "D"),
        (ONE, ["A"]),
        (SOME, ["A", "D"]),
        (SOME, [{"a": 1}]),
        (SOME, ["A", {"a": 1}]),
        (SOME, "A"),
        (TEXT, 7),
        (TEXT, "x" * 4001),
        (TEXT, "nul\0"),
        (TEXT, {"a": "b"}),
    ],
)
def test_anything_else_is_refused(question: Question, value: object) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        question.parse_answer(value)
    assert refused.value.question == question.key


@pytest.mark.parametrize(
    ("given", "option", "chosen", "answer"),
    [
        (None, "B", True, ("B",)),
        (("A", "C"), "B", True, ("A", "B", "C")),
        (("A", "C"), "C", True, ("A", "C")),
        (("A", "C"), "C", False, ("A",)),
        (("A",), "C", False, ("A",)),
        (("A",), "A", False, None),
        (None, "A", False, None),
        ("A", "B", True, ("B",)),  # an answer to what the question was before
    ],
)
def test_a_tick_leaves_the_other_options_as_they_were(
    given: Answer | None, option: str, chosen: bool, answer: Answer | None
) -> None:
    assert SOME.with_option(given, option, chosen) == answer


@pytest.mark.parametrize(
    ("question", "option"), [(SOME, "D"), (ONE, "A"), (YES_NO, "A"), (TEXT, "A"), (SCALE, "A")]
)
@pytest.mark.parametrize("chosen", [True, False])
def test_where_there_is_no_such_choice_a_tick_is_refused(
    question: Question, option: str, chosen: bool
) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        question.with_option(None, option, chosen)
    assert refused.value.question == question.key


def test_the_error_message_names_the_question() -> None:
    assert str(InvalidAnswer("bias")) == "That is not an answer to 'bias'."


def test_answers_are_found_by_session_and_none_where_there_are_none() -> None:
    answers = Answers({1: {"scale": 3}}, {"bias": True})
    assert [answers.of_session(session_id) for session_id in (1, 2)] == [{"scale": 3}, {}]
    assert Answers() == Answers({}, {})


def test_missing_are_the_required_questions_without_an_answer() -> None:
    form = Form((SCALE, YES_NO, ONE))
    assert form.missing_required({"scale": 3}) == [YES_NO]
    assert form.missing_required({"scale": 3, "bias": False}) == []


def test_a_form_is_complete_with_its_required_answers() -> None:
    form = Form((SCALE, YES_NO, ONE))
    assert not form.is_completed_by({"scale": 3, "one": "A"})
    assert form.is_completed_by({"scale": 3, "bias": True})


def test_a_form_without_required_questions_is_complete_but_for_the_free_texts() -> None:
    form = Form((ONE, SOME, TEXT))
    assert not form.is_completed_by({})
    assert not form.is_completed_by({"one": "A", "text": "Thank you"})
    assert form.is_completed_by({"one": "A", "some": ("B",)})


def test_a_form_of_free_texts_is_complete_as_soon_as_something_is_written() -> None:
    form = Form((TEXT,))
    assert [form.is_completed_by(answers) for answers in ({}, {"text": "Thank you"})] == [
        False,
        True,
    ]


def test_a_question_that_the_form_does_not_ask_is_refused() -> None:
    with pytest.raises(InvalidAnswer) as refused:
        Form((ONE,)).question("two")
    assert refused.value.question == "two"


def test_a_question_is_found_by_its_key() -> None:
    form = Form((ONE, SOME, TEXT))
    assert [form.question(key) for key in ("text", "one", "some")] == [TEXT, ONE, SOME]


def test_a_question_asks_no_more_than_it_says() -> None:
    spelled_out = Question(
        key="text",
        kind=QuestionKind.TEXT,
        text="Anything else?",
        required=False,
        points=5,
        low="",
        high="",
        options=(),
        tags=(),
    )
    assert spelled_out == TEXT


@pytest.mark.parametrize("points", [3, 10])
def test_the_shortest_and_the_longest_scale_take_their_last_point(points: int) -> None:
    scale = Question(key="q", kind=QuestionKind.SCALE, text="?", points=points)
    assert scale.parse_answer(points) == points


@pytest.mark.parametrize("points", [2, 11])
def test_a_scale_has_three_to_ten_points(points: int) -> None:
    with pytest.raises(ValueError, match="3 to 10"):
        Question(key="q", kind=QuestionKind.SCALE, text="?", points=points)


def test_a_choice_needs_two_options() -> None:
    with pytest.raises(ValueError, match="two or more"):
        Question(key="q", kind=QuestionKind.ONE_OF, text="?", options=("A", "A"))


@pytest.mark.parametrize("kind", [QuestionKind.ONE_OF, QuestionKind.SOME_OF])
def test_two_options_are_a_choice(kind: QuestionKind) -> None:
    choice = Question(key="q", kind=kind, text="?", options=("A", "B"))
    assert choice.options == ("A", "B")


@pytest.mark.parametrize("kind", [QuestionKind.YES_NO, QuestionKind.TEXT])
def test_only_choices_and_scales_need_options_or_points(kind: QuestionKind) -> None:
    plain = Question(key="q", kind=kind, text="?", points=0)
    assert (plain.options, plain.parse_answer("")) == ((), None)


def test_two_questions_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="'one'"):
        Form((TEXT, ONE, SCALE, ONE, TEXT))
