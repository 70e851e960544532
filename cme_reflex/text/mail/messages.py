"""Content of the mails, one function per kind of message; the confirmation has its own file."""

from collections.abc import Mapping
from datetime import datetime

from cme_reflex import text
from cme_reflex.domain.credit.credit_type import Amount, CreditType
from cme_reflex.domain.mail.message import (
    ActionButton,
    DefinitionList,
    MailContent,
    Paragraph,
)
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.text.mail.frame import amounts, greeting, mail_content


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
    return mail_content(
        meeting,
        subject=f"Submit your {meeting.short_name} CME claim by {until}",
        preview=f"{text.claim.SESSIONS(sessions)}, {amounts(claimable)} so far.",
        heading="Your claim is not submitted yet",
        greeting=greeting(name),
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
    return mail_content(
        meeting,
        subject=f"Your {meeting.short_name} CME claim was withdrawn: {number}",
        preview=f"Receipt {number} is no longer proof of credit.",
        heading="Your claim was withdrawn",
        greeting=greeting(name),
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
    return mail_content(
        meeting,
        subject=f"Your link to sign in to {meeting.short_name} CME",
        preview=f"Valid for {minutes} minutes, for one sign-in.",
        heading="Your link to sign in",
        greeting=greeting(name),
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
    return mail_content(
        meeting,
        subject=f"Set your password for {meeting.short_name} CME",
        preview=f"Valid until {text.dates.instant(until, meeting.zone)}.",
        heading="Set your password",
        greeting=greeting(name),
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
    return mail_content(
        meeting,
        subject=f"Your e-mail address for {meeting.short_name} CME was changed",
        preview="If you did not ask for it, contact us.",
        heading="Your e-mail address was changed",
        greeting=greeting(""),
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
