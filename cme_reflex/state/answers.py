"""Answers as taps arrive: one option of several at a time."""


def changed(given: object, option: str, chosen: bool) -> list[str]:
    """The options chosen after one more tap; the same tap twice changes nothing."""
    before = [str(one) for one in given] if isinstance(given, tuple) else []
    others = [one for one in before if one != option]
    return [*others, option] if chosen else others
