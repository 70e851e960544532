"""Contrast ratio of two colors (WCAG 2.2)."""

WHITE = "#ffffff"


def contrast_ratio(first: str, second: str) -> float:
    """The contrast ratio of two colors such as #0b5563, from 1 (equal) to 21.

    >>> contrast_ratio("#000000", "#ffffff")
    21.0
    """
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    """The relative luminance of a color in sRGB, from 0 to 1."""
    red, green, blue = (_linear(int(color[start : start + 2], 16)) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(level: int) -> float:
    # WCAG's threshold of 0.04045 lies between the levels 10 and 11 of 255.
    value = level / 255
    return value / 12.92 if level <= 10 else float(((value + 0.055) / 1.055) ** 2.4)
