"""Contrast as WCAG 2.2 defines it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

import pytest

from cme_reflex.domain.meetings.color_contrast import WHITE, contrast_ratio

BLACK = "#000000"


@pytest.mark.parametrize(
    ("color", "ratio"),
    [
        (BLACK, 21.0),
        (WHITE, 1.0),
        ("#767676", 4.54),  # the lightest grey that text of WCAG's level AA may have on white
        ("#777777", 4.48),  # and the darkest that it may not
        ("#ff0000", 4.00),
        ("#008000", 5.14),
        ("#0000FF", 8.59),
    ],
)
def test_a_color_on_white_has_the_contrast_that_every_checker_tells(
    color: str, ratio: float
) -> None:
    assert round(contrast_ratio(color, WHITE), 2) == ratio


def test_which_of_two_colors_is_behind_the_other_makes_no_difference() -> None:
    assert contrast_ratio("#0b5563", "#7fd3dd") == contrast_ratio("#7fd3dd", "#0b5563") > 1
    assert contrast_ratio("#0b5563", "#0b5563") == 1


@pytest.mark.parametrize(
    ("color", "luminance"),
    [
        ("#ff0000", 0.2126),
        ("#00ff00", 0.7152),
        ("#0000ff", 0.0722),
        ("#010203", 0.2126 * 0.0003035 + 0.7152 * 0.0006070 + 0.0722 * 0.0009106),
        # On both sides of the limit between sRGB's straight part and its curve.
        ("#0a0a0a", 0.0030353),
        ("#0b0b0b", 0.0033465),
        ("#808080", 0.2158605),
    ],
)
def test_red_green_and_blue_count_as_much_as_the_eye_sees_of_them(
    color: str, luminance: float
) -> None:
    assert contrast_ratio(color, BLACK) == pytest.approx((luminance + 0.05) / 0.05, abs=3e-6)
