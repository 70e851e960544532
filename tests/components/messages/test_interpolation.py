"""Sentences of a page: with a link in them, a variable, or a number that the browser knows."""

import pytest
import reflex as rx

from cme_reflex.components.messages.interpolation import interpolate, pluralize
from cme_reflex.text.plural import Plural

HOURS: rx.Var[str] = rx.Var("line.hours", _var_type=str)
COUNT: rx.Var[int] = rx.Var("totals.conflicts", _var_type=int)
OVERLAPS = Plural(one="{count} overlap of {hours}", other="{count} overlaps of {hours}")


def said(*children: object) -> list[object]:
    """What stands in a paragraph: texts and expressions, and the children of what it holds."""
    return [_said(child) for child in rx.el.p(*children).render()["children"]]


def _said(child: dict[str, object]) -> object:
    if "contents" in child:
        return child["contents"]
    children = child["children"]
    assert isinstance(children, list)
    return [child["name"], *map(_said, children)]


def test_a_link_stands_where_the_sentence_names_it() -> None:
    link = rx.el.a("ask us", href="/help")
    assert said(*interpolate("No number? Then {link}.", link=link)) == [
        '"No number? Then "',
        ["ReactRouterLink", '"ask us"'],
        '"."',
    ]
    assert said(*interpolate("{link} if there is none", link=link)) == [
        ["ReactRouterLink", '"ask us"'],
        '" if there is none"',
    ]


def test_a_variable_is_part_of_the_text() -> None:
    bold = rx.el.strong("1.25")
    parts = interpolate("{bold} of {hours} hours", text_class="muted", bold=bold, hours=HOURS)
    assert said(*parts) == [
        ['"strong"', '"1.25"'],
        ['"span"', '(" of "+line.hours+" hours")'],
    ]


def test_the_same_template_takes_a_text() -> None:
    assert interpolate("{hours} hours", hours="1.25") == ["1.25 hours"]


def test_braces_in_what_is_filled_in_are_no_names() -> None:
    assert interpolate("{title}: {hours}", title="{hours}", hours="1.25") == ["{hours}: 1.25"]


def test_a_part_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="link"):
        interpolate("Ask {link}.")


def test_the_browser_chooses_the_form_of_a_number() -> None:
    assert str(pluralize(OVERLAPS, COUNT, hours=HOURS)) == (
        "((totals.conflicts?.valueOf?.() === 1?.valueOf?.()) ? "
        '(totals.conflicts+" overlap of "+line.hours) : '
        '(totals.conflicts+" overlaps of "+line.hours))'
    )


def test_python_chooses_it_the_same_way() -> None:
    assert [OVERLAPS(count, hours="1.25") for count in (0, 1, 2)] == [
        "0 overlaps of 1.25",
        "1 overlap of 1.25",
        "2 overlaps of 1.25",
    ]
