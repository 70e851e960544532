"""Form of an evaluation; each answer is saved when it is given."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import reflex as rx

from cme_reflex import text
from cme_reflex.components.page_hooks import COMMAND, uncontrolled

TEXT_DEBOUNCE = 600  # milliseconds without a keystroke before a text is sent


class _Handlers(NamedTuple):
    """Event handlers: `answer(key, value)` and, for checkboxes, `choose(key, option, checked)`.

    Their leading arguments, such as the session's id, are bound already.
    """

    answer: Callable[..., Any]
    choose: Callable[..., Any]


def questions(state: Any, *bound_args: Any) -> rx.Component:
    """The questions of `state.questions`, a list of `view_models.QuestionView`.

    `bound_args`, such as a session id, are the first arguments of its handlers.
    """
    handlers = _Handlers(partial(state.answer, *bound_args), partial(state.choose, *bound_args))
    return rx.el.div(
        rx.foreach(state.questions, lambda question: _question(state, handlers, question)),
        class_name="grid gap-8",
    )


def _question(state: Any, handlers: _Handlers, question: Any) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(
            question.text,
            rx.cond(
                question.required,
                rx.el.span(text.evaluation.REQUIRED, class_name="text-13 font-normal text-muted"),
            ),
            class_name="pb-2 text-17 font-semibold",
        ),
        rx.match(
            question.kind,
            ("scale", _scale(handlers, question)),
            ("yes_no", _yes_no(handlers, question)),
            ("one_of", _one_of(handlers, question)),
            ("some_of", _some_of(handlers, question)),
            _text(handlers, question),
        ),
        id=f"q-{question.key}",
        tab_index=-1,
        disabled=state.locked != "",
        key=question.key,
        custom_attrs={"data-cme-subject": question.text},
        class_name="min-w-0 scroll-mt-6 outline-none",
    )


def _scale(handlers: _Handlers, question: Any) -> rx.Component:
    def point(number: Any) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name=question.key,
                on_change=lambda _: handlers.answer(question.key, number, COMMAND),
                **uncontrolled({"checked": question.point == number}),
            ),
            number,
            key=number,
            class_name="scale-point",
        )

    return rx.el.div(
        rx.el.div(
            rx.foreach(question.points, point),
            class_name="scale-points",
        ),
        rx.el.div(
            rx.el.span(question.low),
            rx.el.span(question.high, class_name="text-right"),
            class_name="flex justify-between gap-4 pt-1.5 text-13 text-muted",
        ),
        class_name="max-w-[32rem]",
    )


def _yes_no(handlers: _Handlers, question: Any) -> rx.Component:
    def choice(label: str, value: bool) -> rx.Component:
        return _choice(
            "radio",
            question,
            label,
            chosen=question.point == int(value),
            on_change=lambda _: handlers.answer(question.key, value, COMMAND),
        )

    return rx.el.div(
        choice(text.evaluation.YES, True),
        choice(text.evaluation.NO, False),
        class_name="grid max-w-[28rem] grid-cols-2 gap-2",
    )


def _one_of(handlers: _Handlers, question: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(
            question.options,
            lambda option: _choice(
                "radio",
                question,
                option,
                chosen=question.text_answer == option,
                on_change=lambda _: handlers.answer(question.key, option, COMMAND),
            ),
        ),
        class_name="grid gap-2",
    )


def _some_of(handlers: _Handlers, question: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(
            question.options,
            lambda option: _choice(
                "checkbox",
                question,
                option,
                chosen=question.chosen.contains(option),
                on_change=lambda checked: handlers.choose(question.key, option, checked, COMMAND),
            ),
        ),
        class_name="grid gap-2",
    )


def _choice(kind: str, question: Any, label: Any, *, chosen: Any, on_change: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type=kind,
            name=question.key,
            on_change=on_change,
            class_name="size-6 flex-none accent-accent",
            **uncontrolled({"checked": chosen}),
        ),
        rx.el.span(label, class_name="min-w-0"),
        key=label,
        class_name="choice",
    )


def _text(handlers: _Handlers, question: Any) -> rx.Component:
    return rx.el.textarea(
        id=f"text-{question.key}",
        rows="4",
        max_length=4000,
        aria_label=question.text,
        on_change=lambda text: handlers.answer(question.key, text, COMMAND).debounce(TEXT_DEBOUNCE),
        on_blur=lambda text: handlers.answer(question.key, text, COMMAND),
        class_name="field-control",
        **uncontrolled({"value": question.text_answer}),
    )
