"""Texts of the receipt page."""

from typing import Final

TITLE: Final = "Your receipt"
NUMBER: Final = "Receipt number"
NAME: Final = "Name"
HOURS: Final = "Category 1 hours claimed"
SAFETY: Final = "Of which Patient Safety"
SUBMITTED: Final = "Submitted"
SESSIONS: Final = "Sessions"
BACK: Final = "Back to your claim"
DOWNLOAD: Final = "Download certificate"

WITHDRAWN_TITLE: Final = "This receipt was withdrawn"
REOPENED_TITLE: Final = "Your claim is open again"
REOPENED: Final = "This receipt stays valid until you submit again."

EARLIER: Final = "Earlier versions"
OLD: Final = "{number}, {state}: {hours} hours, submitted {submitted}. {certificate}"
OLD_CERTIFICATE: Final = "Its certificate"
OLD_CERTIFICATE_NUMBER: Final = "Certificate {number}"

NEXT: Final = "What happens next"
NEXT_TEXT: Final = (
    "Your claim is complete and reflects on {account}, with all of your claims. {society} "
    "keeps it for six years after the meeting. If you have questions, contact {contact} and give "
    "your receipt number."
)
NEXT_ACCOUNT: Final = "your account"
