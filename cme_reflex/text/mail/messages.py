"""What the program says by e-mail: one function a kind of message, all words in one place.

Every letter ends with whom to ask and with the deadline and its zone, as every screen does.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from cme_reflex import text
from cme_reflex.domain.credit.quarters import Quarters, format_hours
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
    name: str,
    number: str,
    submitted_at: datetime,
    category1: Quarters,
    safety: Quarters,
    sessions: int,
    replaces: bool,
    certificate: bool,
    url: str,
) -> MailContent:
    """After Submit: what was claimed, and where receipt and certificate are.

    `replaces` tells of an earlier submission, `certificate` that it is attached.
    """
    enclosed = "Your certificate is attached. " if certificate else ""
    earlier = " It replaces the one that you submitted before." if replaces else ""
    return _content(
        meeting,
        subject=f"Your {meeting.short_name} CME credit: {format_hours(category1)} hours, {number}",
        preview=f"Your claim is submitted. Receipt {number}.",
        heading="Your claim is submitted",
        greeting=_greeting(name),
        blocks=(
            Paragraph(f"Thank you. We have your CME claim for {meeting.name}.{earlier}"),
            DefinitionList(
                (
                    (f"{meeting.category1.label} hours", format_hours(category1)),
                    (f"of which {meeting.safety.label}", format_hours(safety)),
                    ("Sessions", str(sessions)),
                    ("Name on certificate", name),
                    ("Submitted", text.dates.instant(submitted_at, meeting.zone)),
                    ("Receipt number", number),
                )
            ),
            Paragraph(
                f"{enclosed}You find the receipt with all its sessions on the site, whenever you "
                "sign in. Keep the receipt number: it is what we look your claim up by."
            ),
            ActionButton(label="See your receipt", url=url),
        ),
    )


def reminder(
    meeting: Meeting,
    *,
    name: str,
    sessions: int,
    claimable: Quarters,
    deadline: datetime,
    reopened: bool,
    url: str,
) -> MailContent:
    """Before the deadline: the claim was begun, or reopened, and not submitted."""
    until = text.dates.instant(deadline, meeting.zone)
    begun = (
        "Your claim was reopened and is not submitted again yet."
        if reopened
        else f"You have begun a CME claim for {meeting.name} and not submitted it yet."
    )
    stays = (
        "Until then your last receipt stays valid."
        if reopened
        else "Credit is granted only for claims that are submitted."
    )
    return _content(
        meeting,
        subject=f"Submit your {meeting.short_name} CME claim by {until}",
        preview=f"{text.claim.SESSIONS(sessions)}, {format_hours(claimable)} hours so far.",
        heading="Your claim is not submitted yet",
        greeting=_greeting(name),
        blocks=(
            Paragraph(f"{begun} Everything that you entered is saved."),
            DefinitionList(
                (
                    ("Sessions so far", str(sessions)),
                    ("Hours that they support", format_hours(claimable)),
                    ("Submit by", until),
                )
            ),
            Paragraph(stays),
            ActionButton(label="Go to your claim", url=url),
        ),
        deadline=deadline,
    )


def sign_in_link(meeting: Meeting, *, name: str, minutes: int, url: str) -> MailContent:
    """The link that somebody asked for. `name` is empty where several share the address."""
    return _content(
        meeting,
        subject=f"Your link to sign in to {meeting.short_name} CME",
        preview=f"Good for {minutes} minutes, and once.",
        heading="Your link to sign in",
        greeting=_greeting(name),
        blocks=(
            Paragraph(f"With this link you sign in to your CME claim for {meeting.name}."),
            ActionButton(label="Sign in", url=url),
            Paragraph(f"It is good for {minutes} minutes, and for one time."),
            Paragraph(
                "You did not ask for it? Then do nothing: without this message nobody can use it."
            ),
        ),
    )


def invitation(
    meeting: Meeting, *, name: str, username: str, until: datetime, url: str
) -> MailContent:
    """A member may set a password."""
    account = meeting.provider.account_name
    return _content(
        meeting,
        subject=f"Set your password for {meeting.short_name} CME",
        preview=f"Good until {text.dates.instant(until, meeting.zone)}.",
        heading="Set your password",
        greeting=_greeting(name),
        blocks=(
            Paragraph(
                f"With your {account} username and a password you claim your CME credit for "
                f"{meeting.name}. Choose the password with this link."
            ),
            DefinitionList(
                (("Username", username), ("Good until", text.dates.instant(until, meeting.zone)))
            ),
            ActionButton(label="Set your password", url=url),
            Paragraph("The link is good for one time. We never send a password, nor ask for one."),
        ),
    )


def sender_name(meeting: Meeting) -> str:
    """Who a message is from, as a list of messages shows it."""
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


def _format_deadline(meeting: Meeting, own: datetime | None, zone: ZoneInfo) -> str:
    return text.dates.instant(own or meeting.claim.closes_at, zone)


def _greeting(name: str) -> str:
    return f"Dear {name}," if name else "Hello,"
