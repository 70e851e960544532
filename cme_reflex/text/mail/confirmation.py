"""The confirmation of a submitted claim, with its receipt number and the certificate attached."""

from datetime import datetime

from cme_reflex import text
from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.mail.message import ActionButton, DefinitionList, MailContent, Paragraph
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.text.mail.frame import amounts, greeting, mail_content


def confirmation(
    meeting: Meeting,
    *,
    attendee: str,
    name: str,
    number: str,
    submitted_at: datetime,
    claimed: tuple[Credit, ...],
    sessions: int,
    less: tuple[str, ...],
    replaces: bool,
    certificate: bool,
    url: str,
) -> MailContent:
    """Confirmation of a submitted claim, with the credit claimed and the receipt's URL.

    `attendee` is the registered name, `name` the one on the certificate. `less` are sentences on
    what was attended and not claimed. `replaces` means that there was an earlier submission,
    `certificate` that it is attached.
    """
    attached = "Your certificate is attached. " if certificate else ""
    replacement = " It replaces the claim that you submitted before." if replaces else ""
    return mail_content(
        meeting,
        subject=f"Your {meeting.short_name} CME credit: {_claimed(claimed)}, {number}",
        preview=f"Your claim is submitted. Receipt {number}.",
        heading="Your claim is submitted",
        greeting=greeting(attendee),
        blocks=(
            Paragraph(
                f"Thank you. We have received your CME claim for {meeting.name}.{replacement}"
            ),
            DefinitionList(
                (
                    *map(_definition, claimed),
                    ("Sessions", str(sessions)),
                    ("Name on certificate", name),
                    ("Submitted", text.dates.instant(submitted_at, meeting.zone)),
                    ("Receipt number", number),
                )
            ),
            *([Paragraph(" ".join(less))] if less else []),
            Paragraph(
                f"{attached}Whenever you sign in, you can see your receipt with all of its "
                "sessions. Keep the receipt number, so that we can find your claim."
            ),
            ActionButton(label="See your receipt", url=url),
        ),
    )


def _claimed(credits_: tuple[Credit, ...]) -> str:
    """The primary credit claimed, such as "8.50 Category 1"."""
    return amounts({each.type: each.claimed for each in credits_ if each.type.is_primary})


def _definition(credit: Credit) -> tuple[str, str]:
    label = credit.type.label if credit.type.is_primary else f"of which {credit.type.label}"
    return label, credit.type.format(credit.claimed)
