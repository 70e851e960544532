"""Texts of link previews, and of the icon on a phone's home screen."""

from typing import Final

TITLE: Final = "{meeting} CME claim"
TEXT: Final = "Evaluate sessions and claim your CME credit for {meeting} until {deadline}."
WHAT: Final = "CME Evaluations & Credit Claim"
