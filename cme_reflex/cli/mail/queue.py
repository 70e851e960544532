"""`cme mail`: status of the mail queue, sending, retries and reminders."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from cme_reflex import text
from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit, listed
from cme_reflex.cli.plurals import ATTEMPTS, MESSAGES
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.domain.claims.claim import DeadlinePassed
from cme_reflex.services.claims import reminders
from cme_reflex.services.claims.reminders import ReminderResult
from cme_reflex.services.clock import clock
from cme_reflex.services.mail import queue, worker
from cme_reflex.services.mail.mailer import MailNotConfigured, create_mailer
from cme_reflex.services.mail.queue import QueuedMessage, QueueStatus
from cme_reflex.services.mail.worker import DeliveryStats, Mailer
from cme_reflex.services.operations.mail_renderers import MAIL_RENDERERS
from cme_reflex.services.sign_in.registrations import MeetingArchived
from cme_reflex.settings import settings


def configured_mailer() -> Mailer:
    """The mailer of this deployment. Raises CliError for a missing setting."""
    try:
        return create_mailer(settings(), MAIL_RENDERERS)
    except MailNotConfigured as missing:
        raise CliError(str(missing)) from None


def status(meeting: str | None, *, as_json: bool) -> None:
    """Print the status of the mail queue."""
    chosen = chosen_meeting(meeting)
    result = run(queue.status(chosen.code))
    emit(_status(result, chosen.zone), result, as_json=as_json)


def send(*, as_json: bool) -> None:
    """Send all due messages. Raises CliError if the transport is unavailable."""
    done = run(worker.send_due(configured_mailer(), clock=clock))
    emit(_delivery(done), done, as_json=as_json)
    if done.unavailable:
        raise CliError(f"Nothing more can be sent at the moment: {done.unavailable}")


def remind(meeting: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Enqueue reminders, and print the attendees."""
    chosen = chosen_meeting(meeting)
    try:
        done = run(reminders.enqueue_reminders(chosen.code, now=clock(), dry_run=dry_run))
    except MeetingArchived:
        raise CliError(f"{chosen.code} is archived, so nobody is reminded.") from None
    except DeadlinePassed as passed:
        at = text.dates.instant(passed.deadline, chosen.zone)
        raise CliError(f"Claims closed on {at}, so nobody is reminded.") from None
    emit(_reminded(done, chosen.zone), done, as_json=as_json)


def retry(ids: list[int], *, meeting: str | None, as_json: bool) -> None:
    """Retry dead or uncertain messages. Raises CliError if one is in another state."""
    code = chosen_meeting(meeting).code
    try:
        entries = run(queue.retry(code, ids, now=clock()))
    except queue.MessagesNotRetryable as error:
        ids_text = ", ".join(map(str, error.ids))
        raise CliError(
            f"Neither dead nor uncertain: {ids_text}. Nothing was changed; see cme mail status."
        ) from None
    waiting = [f"{entry.id}  {entry.kind} to {entry.recipient}: waiting again" for entry in entries]
    emit(waiting, entries, as_json=as_json)


def _status(status: QueueStatus, zone: ZoneInfo) -> Iterator[str]:
    total = sum(sum(counts.values()) for counts in status.counts.values())
    yield f"{status.meeting}: {MESSAGES(total)}"
    for kind, counts in status.counts.items():
        yield f"  {kind}: {', '.join(f'{count} {state}' for state, count in counts.items())}"
    for title, entries in (
        ("tried, and waiting for the next attempt", status.late),
        ("uncertain: the process ended while sending", status.uncertain),
        ("dead: cme mail retry ID… tries again", status.dead),
    ):
        if entries:
            yield f"{title}:"
            yield from (_entry(entry, zone) for entry in entries)


def _entry(entry: QueuedMessage, zone: ZoneInfo) -> str:
    next_attempt = (
        f", again {text.dates.instant(entry.next_attempt, zone)}" if entry.next_attempt else ""
    )
    label = f"{entry.kind} to {entry.recipient} of {text.dates.instant(entry.created_at, zone)}"
    return f"  {entry.id}  {label}: {ATTEMPTS(entry.attempts)}{next_attempt}: {entry.last_error}"


def _delivery(done: DeliveryStats) -> list[str]:
    parts = [
        f"{done.sent} sent",
        f"{done.deferred} to be tried again",
        f"{done.dead} dead",
        f"{done.withdrawn} withdrawn",
    ]
    return [", ".join(parts)]


def _reminded(done: ReminderResult, zone: ZoneInfo) -> Iterator[str]:
    verb = "would be reminded" if done.dry_run else "reminded"
    yield f"{done.meeting}, deadline {text.dates.instant(done.deadline, zone)}:"
    yield f"  {verb}: {listed(done.reminded)}"
    for title, badges in (
        ("reminded before", done.before),
        ("without an e-mail address", done.without_address),
        ("not reminded, because the deadline is over", done.too_late),
    ):
        if badges:
            yield f"  {title}: {listed(badges)}"
