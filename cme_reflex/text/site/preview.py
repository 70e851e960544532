"""What a link to the site says where it is shared, and on a phone's home screen."""

from typing import Final

TITLE: Final = "{meeting} CME claim"
TEXT: Final = "Evaluate sessions and claim your CME credit for {meeting} until {deadline}."
WHAT: Final = "CME Evaluations & Credit Claim"
