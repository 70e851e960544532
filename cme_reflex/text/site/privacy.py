"""Texts of the privacy page; the statement itself is the meeting's."""

from typing import Final

TITLE: Final = "Privacy"
