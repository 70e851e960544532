"""What the program says by e-mail: one function a kind of message, all words in one place.

Every letter ends with whom to ask and with the deadline and its zone, as every screen does.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from cme_reflex import words
from cme_reflex.domain.credit import Quarters, hours
from cme_reflex.domain.letter import Action, Block, Facts, Letter, Paragraph
from cme_reflex.domain.meeting import Meeting


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
) -> Letter:
    """After Submit: what was claimed, and where receipt and certificate are.

    `replaces` tells of an earlier submission, `certificate` that it is attached.
    """
    enclosed = "Your certificate is attached. " if certificate else ""
    earlier = " It replaces the one that you submitted before." if replaces else ""
    return _letter(
        meeting,
        subject=f"Your {meeting.short_name} CME credit: {hours(category1)} hours, {number}",
        preview=f"Your claim is submitted. Receipt {number}.",
        heading="Your claim is submitted",
        greeting=_dear(name),
        blocks=(
            Paragraph(f"Thank you. We have your CME claim for {meeting.name}.{earlier}"),
            Facts(
                (
                    (f"{meeting.category1.label} hours", hours(category1)),
                    (f"of which {meeting.safety.label}", hours(safety)),
                    ("Sessions", str(sessions)),
                    ("Name on certificate", name),
                    ("Submitted", words.dates.instant(submitted_at, meeting.zone)),
                    ("Receipt number", number),
                )
            ),
            Paragraph(
                f"{enclosed}You find the receipt with all its sessions on the site, whenever you "
                "sign in. Keep the receipt number: it is what we look your claim up by."
            ),
            Action(label="See your receipt", url=url),
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
) -> Letter:
    """Before the deadline: the claim was begun, or reopened, and not submitted."""
    until = words.dates.instant(deadline, meeting.zone)
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
    return _letter(
        meeting,
        subject=f"Submit your {meeting.short_name} CME claim by {until}",
        preview=f"{words.claim.SESSIONS(sessions)}, {hours(claimable)} hours so far.",
        heading="Your claim is not submitted yet",
        greeting=_dear(name),
        blocks=(
            Paragraph(f"{begun} Everything that you entered is saved."),
            Facts(
                (
                    ("Sessions so far", str(sessions)),
                    ("Hours that they support", hours(claimable)),
                    ("Submit by", until),
                )
            ),
            Paragraph(stays),
            Action(label="Go to your claim", url=url),
        ),
        deadline=deadline,
    )


def sign_in_link(meeting: Meeting, *, name: str, minutes: int, url: str) -> Letter:
    """The link that somebody asked for. `name` is empty where several share the address."""
    return _letter(
        meeting,
        subject=f"Your link to sign in to {meeting.short_name} CME",
        preview=f"Good for {minutes} minutes, and once.",
        heading="Your link to sign in",
        greeting=_dear(name),
        blocks=(
            Paragraph(f"With this link you sign in to your CME claim for {meeting.name}."),
            Action(label="Sign in", url=url),
            Paragraph(f"It is good for {minutes} minutes, and for one time."),
            Paragraph(
                "You did not ask for it? Then do nothing: without this message nobody can use it."
            ),
        ),
    )


def invitation(meeting: Meeting, *, name: str, username: str, until: datetime, url: str) -> Letter:
    """A member may set a password."""
    account = meeting.provider.account_name
    return _letter(
        meeting,
        subject=f"Set your password for {meeting.short_name} CME",
        preview=f"Good until {words.dates.instant(until, meeting.zone)}.",
        heading="Set your password",
        greeting=_dear(name),
        blocks=(
            Paragraph(
                f"With your {account} username and a password you claim your CME credit for "
                f"{meeting.name}. Choose the password with this link."
            ),
            Facts(
                (("Username", username), ("Good until", words.dates.instant(until, meeting.zone)))
            ),
            Action(label="Set your password", url=url),
            Paragraph("The link is good for one time. We never send a password, nor ask for one."),
        ),
    )


def sender_name(meeting: Meeting) -> str:
    """Who a message is from, as a list of messages shows it."""
    return f"{meeting.provider.short_name} CME"


def _letter(
    meeting: Meeting,
    *,
    subject: str,
    preview: str,
    heading: str,
    greeting: str,
    blocks: tuple[Block, ...],
    deadline: datetime | None = None,
) -> Letter:
    provider, zone = meeting.provider, meeting.zone
    return Letter(
        subject=subject,
        preview=preview,
        heading=heading,
        greeting=greeting,
        blocks=blocks,
        footer=(
            f"Questions about your CME credits? {provider.help_contact}, {provider.help_email}",
            f"Claims close on {_deadline(meeting, deadline, zone)}.",
            f"{provider.name}, for {meeting.name}",
        ),
        meeting=meeting.short_name,
        accent=meeting.look.accent,
    )


def _deadline(meeting: Meeting, own: datetime | None, zone: ZoneInfo) -> str:
    return words.dates.instant(own or meeting.claim.closes_at, zone)


def _dear(name: str) -> str:
    return f"Dear {name}," if name else "Hello,"
