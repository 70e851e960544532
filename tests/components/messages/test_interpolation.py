"""Interpolation of links, vars and numbers into sentences."""

import pytest
import reflex as rx

from cme_reflex.components.messages.interpolation import interpolate, pluralize
from cme_reflex.text.plural import Plural

HOURS: rx.Var[str] = rx.Var("line.hours", _var_type=str)
COUNT: rx.Var[int] = rx.Var("totals.conflicts", _var_type=int)
OVERLAPS = Plural(one="{count} overlap of {hours}", other="{count} overlaps of {hours}")


def rendered(*children: object) -> list[object]:
    """The rendered children of a paragraph: texts, expressions and nested elements."""
    return [_rendered(child) for child in rx.el.p(*children).render()["children"]]


def _rendered(child: dict[str, object]) -> object:
    if "contents" in child:
        return child["contents"]
    children = child["children"]
    assert isinstance(children, list)
    return [child["name"], *map(_rendered, children)]


def test_a_link_is_placed_at_its_name() -> None:
    link = rx.el.a("ask us", href="/help")
    assert rendered(*interpolate("No number? Then {link}.", link=link)) == [
        '"No number? Then "',
        ["ReactRouterLink", '"ask us"'],
        '"."',
    ]
    assert rendered(*interpolate("{link} if there is none", link=link)) == [
        ["ReactRouterLink", '"ask us"'],
        '" if there is none"',
    ]


def test_a_variable_is_part_of_the_text() -> None:
    bold = rx.el.strong("1.25")
    parts = interpolate("{bold} of {hours} hours", text_class="muted", bold=bold, hours=HOURS)
    assert rendered(*parts) == [
        ['"strong"', '"1.25"'],
        ['"span"', '(" of "+line.hours+" hours")'],
    ]


def test_the_same_template_accepts_text() -> None:
    assert interpolate("{hours} hours", hours="1.25") == ["1.25 hours"]


def test_braces_in_values_are_not_interpreted() -> None:
    assert interpolate("{title}: {hours}", title="{hours}", hours="1.25") == ["{hours}: 1.25"]


def test_a_part_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="link"):
        interpolate("Ask {link}.")


def test_the_browser_chooses_singular_or_plural() -> None:
    assert str(pluralize(OVERLAPS, COUNT, hours=HOURS)) == (
        "((totals.conflicts?.valueOf?.() === 1?.valueOf?.()) ? "
        '(totals.conflicts+" overlap of "+line.hours) : '
        '(totals.conflicts+" overlaps of "+line.hours))'
    )


def test_python_chooses_the_same_form() -> None:
    assert [OVERLAPS(count, hours="1.25") for count in (0, 1, 2)] == [
        "0 overlaps of 1.25",
        "1 overlap of 1.25",
        "2 overlaps of 1.25",
    ]
