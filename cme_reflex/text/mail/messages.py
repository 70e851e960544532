"""Content of the mails, one function per kind of message.

Like every screen, every mail ends with the help contact and the deadline with its time zone.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from cme_reflex import text
from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.credit.credit_type import Amount, CreditType
from cme_reflex.domain.mail.message import (
    ActionButton,
    Block,
    DefinitionList,
    MailContent,
    Paragraph,
)
from cme_reflex.domain.meetings.meeting import Meeting


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
    return _content(
        meeting,
        subject=f"Your {meeting.short_name} CME credit: {_claimed(claimed)}, {number}",
        preview=f"Your claim is submitted. Receipt {number}.",
        heading="Your claim is submitted",
        greeting=_greeting(attendee),
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
    return _amounts({each.type: each.claimed for each in credits_ if each.type.is_primary})


def _amounts(amounts: Mapping[CreditType, Amount]) -> str:
    return ", ".join(f"{each.format(amount)} {each.label}" for each, amount in amounts.items())


def _definition(credit: Credit) -> tuple[str, str]:
    label = credit.type.label if credit.type.is_primary else f"of which {credit.type.label}"
    return label, credit.type.format(credit.claimed)


def reminder(
    meeting: Meeting,
    *,
    name: str,
    sessions: int,
    claimable: Mapping[CreditType, Amount],
    deadline: datetime,
    reopened: bool,
    receipt_valid: bool,
    url: str,
) -> MailContent:
    """Reminder before the deadline that a started or reopened claim is not submitted.

    `claimable` is what can be claimed so far of each primary type. `receipt_valid` means that there
    is an earlier receipt, which was not withdrawn.
    """
    until = text.dates.instant(deadline, meeting.zone)
    status = (
        "Your claim was reopened and has not been submitted again yet."
        if reopened
        else f"You have started a CME claim for {meeting.name} but have not submitted it yet."
    )
    consequence = (
        "Until then your last receipt stays valid."
        if receipt_valid
        else "Credit is granted only for claims that are submitted."
    )
    return _content(
        meeting,
        subject=f"Submit your {meeting.short_name} CME claim by {until}",
        preview=f"{text.claim.SESSIONS(sessions)}, {_amounts(claimable)} so far.",
        heading="Your claim is not submitted yet",
        greeting=_greeting(name),
        blocks=(
            Paragraph(f"{status} Everything that you entered is saved."),
            DefinitionList(
                (
                    ("Sessions so far", str(sessions)),
                    *(
                        (f"{each.label} you can claim", each.format(amount))
                        for each, amount in claimable.items()
                    ),
                    ("Submit by", until),
                )
            ),
            Paragraph(consequence),
            ActionButton(label="Go to your claim", url=url),
        ),
        deadline=deadline,
    )


def withdrawal(
    meeting: Meeting,
    *,
    name: str,
    number: str,
    withdrawn_at: datetime,
    reason: str,
    url: str,
) -> MailContent:
    """Notice that staff have withdrawn a submitted claim, with their reason."""
    when = text.dates.instant(withdrawn_at, meeting.zone)
    return _content(
        meeting,
        subject=f"Your {meeting.short_name} CME claim was withdrawn: {number}",
        preview=f"Receipt {number} is no longer proof of credit.",
        heading="Your claim was withdrawn",
        greeting=_greeting(name),
        blocks=(
            Paragraph(
                f"{meeting.provider.name} has withdrawn your CME claim for {meeting.name}. Its "
                "receipt and certificate are no longer proof of credit."
            ),
            DefinitionList(
                (("Receipt number", number), ("Withdrawn", when), ("Reason", reason)),
            ),
            Paragraph("Nothing that you entered was deleted. If you have questions, contact us."),
            ActionButton(label="See your receipt", url=url),
        ),
    )


def sign_in_link(meeting: Meeting, *, name: str, minutes: int, url: str) -> MailContent:
    """Sign-in link. `name` is empty if several attendees share the address."""
    return _content(
        meeting,
        subject=f"Your link to sign in to {meeting.short_name} CME",
        preview=f"Valid for {minutes} minutes, for one sign-in.",
        heading="Your link to sign in",
        greeting=_greeting(name),
        blocks=(
            Paragraph(f"Use this link to sign in to your CME claim for {meeting.name}."),
            ActionButton(label="Sign in", url=url),
            Paragraph(f"It is valid for {minutes} minutes and can be used once."),
            Paragraph(
                "If you did not request this link, you can ignore this message: nobody can use the "
                "link without it."
            ),
        ),
    )


def invitation(
    meeting: Meeting, *, name: str, username: str, until: datetime, url: str
) -> MailContent:
    """Invitation for a member to set a password."""
    account = meeting.provider.account_name
    return _content(
        meeting,
        subject=f"Set your password for {meeting.short_name} CME",
        preview=f"Valid until {text.dates.instant(until, meeting.zone)}.",
        heading="Set your password",
        greeting=_greeting(name),
        blocks=(
            Paragraph(
                f"With your {account} username and a password you can claim your CME credit for "
                f"{meeting.name}. Use this link to choose a password."
            ),
            DefinitionList(
                (("Username", username), ("Valid until", text.dates.instant(until, meeting.zone)))
            ),
            ActionButton(label="Set your password", url=url),
            Paragraph(
                "The link can be used once. We never send passwords by e-mail or ask for them."
            ),
        ),
    )


def address_changed(meeting: Meeting, *, changed_at: datetime, days: int) -> MailContent:
    """Notice to a former e-mail address. It has no name, as the address may be a stranger's."""
    when = text.dates.instant(changed_at, meeting.zone)
    return _content(
        meeting,
        subject=f"Your e-mail address for {meeting.short_name} CME was changed",
        preview="If you did not ask for it, contact us.",
        heading="Your e-mail address was changed",
        greeting=_greeting(""),
        blocks=(
            Paragraph(
                f"{meeting.provider.name} has replaced this e-mail address in its records for "
                f"{meeting.name} on {when}. Further messages go to the new address."
            ),
            Paragraph(
                "If you asked for this, there is nothing to do. If not, contact us at the address "
                "below."
            ),
            Paragraph(
                f"For {days} days, a link sent to the new address opens this meeting's claim only, "
                "and shows no personal data that was stored before."
            ),
        ),
    )


def sender_name(meeting: Meeting) -> str:
    """The sender's display name."""
    return f"{meeting.provider.short_name} CME"


def _content(
    meeting: Meeting,
    *,
    subject: str,
    preview: str,
    heading: str,
    greeting: str,
    blocks: tuple[Block, ...],
    deadline: datetime | None = None,
) -> MailContent:
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


def _format_deadline(meeting: Meeting, deadline: datetime | None, zone: ZoneInfo) -> str:
    return text.dates.instant(deadline or meeting.claim.closes_at, zone)


def _greeting(name: str) -> str:
    return f"Dear {name}," if name else "Hello,"
