"""Texts of the receipt page."""

from collections.abc import Sequence
from typing import Final

from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amounts, CreditType
from cme_reflex.text.claims.credit import OTHER_TYPE, of_which, unit

TITLE: Final = "Your receipt"
NUMBER: Final = "Receipt number"
NAME: Final = "Name"
CLAIMED: Final = "{label} {unit} claimed"
OF_WHICH: Final = "Of which {label}"
CLAIMED_AMOUNT: Final = "{amount} {label} {unit} claimed{of_which}"
SUBMITTED: Final = "Submitted"
SESSIONS: Final = "Sessions"
BACK: Final = "Back to your claim"
DOWNLOAD: Final = "Download certificate"
CERTIFICATES: Final = "Certificates"
CERTIFICATE_OF: Final = "{label} certificate"

WITHDRAWN_TITLE: Final = "This receipt was withdrawn"
REOPENED_TITLE: Final = "Your claim is open again"
REOPENED: Final = "This receipt stays valid until you submit again."

EARLIER: Final = "Earlier versions"
OLD: Final = "{number}, {state}: {claimed}, submitted {submitted}. {certificate}"
OLD_CERTIFICATE: Final = "Its certificate"
OLD_CERTIFICATE_NUMBER: Final = "Certificate {number}"

NEXT: Final = "What happens next"
NEXT_TEXT: Final = (
    "Your claim is complete and reflects on {account}, with all of your claims. {society} "
    "keeps it for six years after the meeting. If you have questions, contact {contact} and give "
    "your receipt number."
)
NEXT_ACCOUNT: Final = "your account"


def figure_label(credit_type: CreditType) -> str:
    """The label of a claimed amount: ``Category 1 hours claimed``, ``Of which Patient Safety``."""
    template = CLAIMED if credit_type.is_primary else OF_WHICH
    return template.format(label=credit_type.label, unit=unit(credit_type))


def claimed(types: Sequence[CreditType], amounts: Amounts) -> str:
    """What was claimed: ``8.50 Category 1 hours claimed, of which 1.50 Patient Safety``."""
    return OTHER_TYPE.join(
        CLAIMED_AMOUNT.format(
            amount=each.format(amounts.get(each.code, NO_CREDIT)),
            label=each.label,
            unit=unit(each),
            of_which=of_which(each, types, amounts),
        )
        for each in types
        if each.is_primary
    )
