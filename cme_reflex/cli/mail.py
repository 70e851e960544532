"""`cme mail`: what is in the outbox, sending it by hand, and reminders."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from cme_reflex import words
from cme_reflex.branding import current_meeting
from cme_reflex.cli.database import run
from cme_reflex.cli.faults import Fault
from cme_reflex.cli.output import answer
from cme_reflex.domain.submission import DeadlinePassed
from cme_reflex.post_office import MailNotSet, post_office
from cme_reflex.services import outbox, postman, reminders
from cme_reflex.services.clock import clock
from cme_reflex.services.outbox import Entry, Status
from cme_reflex.services.postman import PostOffice, Round
from cme_reflex.services.programme import UnknownMeeting
from cme_reflex.services.reminders import Reminded
from cme_reflex.settings import settings


def office() -> PostOffice:
    """The post office of the settings. Raises Fault where one is missing."""
    try:
        return post_office(settings())
    except MailNotSet as missing:
        raise Fault(str(missing)) from None


def not_loaded(error: UnknownMeeting) -> Fault:
    """What to do where the meeting of the settings is not in the database."""
    return Fault(f"The meeting {error} is not loaded. Load it with: cme meeting load DIR")


def status(*, as_json: bool) -> None:
    """Print what the outbox holds."""
    try:
        found = run(outbox.status(settings().meeting))
    except UnknownMeeting as error:
        raise not_loaded(error) from None
    answer(_status(found, current_meeting().zone), found, as_json=as_json)


def send(*, as_json: bool) -> None:
    """Send everything that is due. Raises Fault where nothing can be sent."""
    done = run(postman.send_due(office(), clock=clock))
    answer(_round(done), done, as_json=as_json)
    if done.unavailable:
        raise Fault(f"Nothing more can be sent at the moment: {done.unavailable}")


def remind(*, dry_run: bool, as_json: bool) -> None:
    """Put reminders into the outbox, and print whom."""
    try:
        done = run(reminders.remind(settings().meeting, now=clock(), dry_run=dry_run))
    except UnknownMeeting as error:
        raise not_loaded(error) from None
    except DeadlinePassed as passed:
        at = words.dates.instant(passed.deadline, current_meeting().zone)
        raise Fault(f"Claims closed on {at}, so nobody is reminded.") from None
    answer(_reminded(done, current_meeting().zone), done, as_json=as_json)


def retry(ids: Sequence[int], *, as_json: bool) -> None:
    """Let dead or uncertain messages be tried again. Raises Fault where one is neither."""
    try:
        entries = run(outbox.retry(settings().meeting, ids, now=clock()))
    except UnknownMeeting as error:
        raise not_loaded(error) from None
    except outbox.NotToRetry as error:
        known = ", ".join(map(str, error.ids))
        raise Fault(
            f"Neither dead nor uncertain: {known}. Nothing was changed; see cme mail status."
        ) from None
    waiting = [f"{entry.id}  {entry.kind} to {entry.recipient}: waiting again" for entry in entries]
    answer(waiting, entries, as_json=as_json)


def _status(status: Status, zone: ZoneInfo) -> Iterator[str]:
    yield f"{status.meeting}: {_how_many(sum(sum(x.values()) for x in status.counts.values()))}"
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


def _entry(entry: Entry, zone: ZoneInfo) -> str:
    again = f", again {words.dates.instant(entry.next_attempt, zone)}" if entry.next_attempt else ""
    tried = "1 attempt" if entry.attempts == 1 else f"{entry.attempts} attempts"
    what = f"{entry.kind} to {entry.recipient} of {words.dates.instant(entry.created_at, zone)}"
    return f"  {entry.id}  {what}: {tried}{again}: {entry.last_error}"


def _round(done: Round) -> list[str]:
    parts = [
        f"{done.sent} sent",
        f"{done.deferred} to be tried again",
        f"{done.dead} dead",
        f"{done.withdrawn} withdrawn",
    ]
    return [", ".join(parts)]


def _reminded(done: Reminded, zone: ZoneInfo) -> Iterator[str]:
    would = "would be reminded" if done.dry_run else "reminded"
    yield f"{done.meeting}, deadline {words.dates.instant(done.deadline, zone)}:"
    yield f"  {would}: {_badges(done.reminded)}"
    for title, badges in (
        ("reminded before", done.before),
        ("without an e-mail address", done.without_address),
        ("reopened, and the deadline is over", done.too_late),
    ):
        if badges:
            yield f"  {title}: {_badges(badges)}"


def _badges(badges: Sequence[str]) -> str:
    return f"{len(badges)} ({', '.join(badges)})" if badges else "nobody"


def _how_many(messages: int) -> str:
    return "1 message" if messages == 1 else f"{messages} messages"
