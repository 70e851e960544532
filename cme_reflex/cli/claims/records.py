"""`cme claims show`, `cme claims reopen` and `cme claims withdraw`, for support staff."""

from collections.abc import Coroutine, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from cme_reflex import text
from cme_reflex.cli.deadline import parse_deadline
from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit
from cme_reflex.cli.runner import actor, run
from cme_reflex.domain.claims.claim import AlreadyWithdrawn, DeadlinePassed, NotSubmitted
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import NO_CREDIT
from cme_reflex.services.claims import reopening, withdrawal
from cme_reflex.services.claims.certificate_snapshot import line_credit
from cme_reflex.services.claims.reopening import ClaimRecord, StatusChange
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.clock import clock


def show(receipt: str, *, as_json: bool) -> None:
    """Print the claim with this receipt. Raises CliError if there is none."""
    zone = _zone(receipt)
    _emit(_run(reopening.load_claim_record(receipt), zone), zone, as_json=as_json)


def reopen(receipt: str, *, reason: str, until: str, as_json: bool) -> None:
    """Reopen the claim with this receipt. Raises CliError if that is not possible."""
    zone = _zone(receipt)
    change = reopening.reopen_claim(
        receipt,
        reason=reason,
        until=parse_deadline(until, zone),
        actor=actor(),
        now=clock(),
    )
    _emit(_run(change, zone), zone, as_json=as_json)


def withdraw(receipt: str, *, reason: str, as_json: bool) -> None:
    """Withdraw the claim with this receipt. Raises CliError if that is not possible."""
    zone = _zone(receipt)
    change = withdrawal.withdraw_claim(receipt, reason=reason, actor=actor(), now=clock())
    _emit(_run(change, zone), zone, as_json=as_json)


def _zone(receipt: str) -> ZoneInfo:
    """The zone of the meeting that the receipt is for. Raises CliError if there is none."""
    try:
        return run(reopening.meeting_of_receipt(receipt)).zone
    except reopening.ReceiptNotFound:
        raise CliError(f"No claim has the receipt {receipt}. Check the number.") from None


def _run(service: Coroutine[object, object, ClaimRecord], zone: ZoneInfo) -> ClaimRecord:
    try:
        return run(service)
    except reopening.ReasonMissing:
        raise CliError("A reason is required for the audit log: --reason '…'") from None
    except AlreadyWithdrawn:
        raise CliError("The claim is already withdrawn.") from None
    except NotSubmitted:
        raise CliError("The claim is already reopened; it is not submitted.") from None
    except DeadlinePassed as passed:
        deadline = text.dates.instant(passed.deadline, zone)
        raise CliError(f"--until is over: {deadline}.") from None


def _emit(record: ClaimRecord, zone: ZoneInfo, *, as_json: bool) -> None:
    emit(_lines(record, zone), record, as_json=as_json)


def _lines(record: ClaimRecord, zone: ZoneInfo) -> Iterator[str]:
    yield f"{record.name}, badge {record.badge}"
    until = (
        f" until {text.dates.instant(record.reopened_until, zone)}" if record.reopened_until else ""
    )
    yield f"status: {record.status}{until}"
    for receipt, state in zip(record.receipts, record.states, strict=True):
        yield from _version(receipt, state, zone)
    yield "history:"
    for change in record.history:
        yield _change(change, zone)
    if record.registration_history:
        yield "registration:"
    for entry in record.registration_history:
        reason = f" ({entry.reason})" if entry.reason else ""
        yield f"  {text.dates.instant(entry.at, zone)}  {entry.actor}: {entry.what}{reason}"


def _version(receipt: Receipt, state: ProofState, zone: ZoneInfo) -> Iterator[str]:
    yield (
        f"version {receipt.version}: {receipt.number}, "
        f"{text.dates.instant(receipt.submitted_at, zone)}, "
        f"{_credits(receipt)}{_state(state)}"
    )
    for line in receipt.document["lines"]:
        watched = ", on demand" if line["on_demand"] else ""
        yield f"  {line['code']}  {_line_credit(receipt, line)}  {line['title']}{watched}"


def _credits(receipt: Receipt) -> str:
    """What a version claims: "8.50 Category 1, of which 2.00 Patient Safety"."""
    return ", ".join(
        f"{'' if credit.type.is_primary else 'of which '}"
        f"{credit.type.format(credit.claimed)} {credit.type.label}"
        for credit in receipt.credits
    )


def _line_credit(receipt: Receipt, line: Mapping[str, Any]) -> str:
    """What a line gives of each primary type that the version claims."""
    amounts = line_credit(line)
    return " / ".join(
        credit.type.format(amounts.get(credit.type.code, NO_CREDIT))
        for credit in receipt.credits
        if credit.type.is_primary
    )


def _state(state: ProofState) -> str:
    return "" if state is ProofState.VALID else f", {state}"


def _change(change: StatusChange, zone: ZoneInfo) -> str:
    reason = f" ({change.reason})" if change.reason else ""
    return (
        f"  {text.dates.instant(change.at, zone)}  {change.actor}: "
        f"{change.from_status or 'none'} → {change.to_status}, {change.receipt}{reason}"
    )
