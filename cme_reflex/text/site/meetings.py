"""Texts of the list of meetings."""

from typing import Final

TAB: Final = "Claim CME credit"
TITLE: Final = "Claim CME credit for a meeting"
UNTIL: Final = "Claims close on {deadline}."
NONE: Final = "No meeting is open for claims at the moment."
