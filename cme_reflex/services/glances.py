"""What was looked at a moment ago, for whoever looks again at once."""

from typing import NamedTuple

from cachetools import TTLCache

from cme_reflex.services.claim import Standing
from cme_reflex.services.visit import Visit

GOOD_FOR = 1.0  # seconds: letters of a search come faster, a person on another device does not
MOST = 10_000  # looks that are kept at once


class Look(NamedTuple):
    """Who asks, and how their claim stands: both as of one moment."""

    visit: Visit
    standing: Standing


_looks: TTLCache[str, Look] = TTLCache(MOST, GOOD_FOR)


def remember(token: str, look: Look) -> None:
    """Keep what the holder of this token was just shown."""
    _looks[token] = look


def recall(token: str) -> Look | None:
    """What the holder of this token was shown within the last second."""
    return _looks.get(token)


def forget(token: str) -> None:
    """Nobody holds this token any longer. What another worker keeps lasts out its second."""
    _looks.pop(token, None)
