"""What all mails have in common.

Like every screen, every mail ends with the help contact and the deadline with its time zone.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from cme_reflex import text
from cme_reflex.domain.credit.credit_type import Amount, CreditType
from cme_reflex.domain.mail.message import Block, MailContent
from cme_reflex.domain.meetings.meeting import Meeting


def mail_content(
    meeting: Meeting,
    *,
    subject: str,
    preview: str,
    heading: str,
    greeting: str,
    blocks: tuple[Block, ...],
    deadline: datetime | None = None,
) -> MailContent:
    """The message with what every mail has: help contact, deadline, society and meeting.

    `deadline` is the attendee's own, if it is not the meeting's.
    """
    provider, zone = meeting.provider, meeting.zone
    return MailContent(
        subject=subject,
        preview=preview,
        heading=heading,
        greeting=greeting,
        blocks=blocks,
        footer=(
            f"Questions about your CME credits? {provider.help_contact}, {provider.help_email}",
            f"Claims close on {_format_deadline(meeting, deadline, zone)}.",
            f"{provider.name}, for {meeting.name}",
        ),
        meeting=meeting.short_name,
        accent=meeting.look.accent,
    )


def sender_name(meeting: Meeting) -> str:
    """The sender's display name."""
    return f"{meeting.provider.short_name} CME"


def _format_deadline(meeting: Meeting, deadline: datetime | None, zone: ZoneInfo) -> str:
    return text.dates.instant(deadline or meeting.claim.closes_at, zone)


def greeting(name: str) -> str:
    """The salutation; without a name if the address may be a stranger's."""
    return f"Dear {name}," if name else "Hello,"


def amounts(totals: Mapping[CreditType, Amount]) -> str:
    """Amounts with their labels, such as "8.50 Category 1"."""
    return ", ".join(f"{each.format(amount)} {each.label}" for each, amount in totals.items())
