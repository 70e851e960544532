"""A person's account: credit claimed at all meetings by year, and its reporting state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum, auto
from fractions import Fraction
from itertools import groupby
from math import lcm
from zoneinfo import ZoneInfo

from cme_reflex.domain.claims.claim import ClaimPeriod, ClaimStatus
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount, CreditType


class ReportingState(StrEnum):
    """Progress of reporting one meeting's credit to ACCME."""

    NOT_OFFERED = auto()  # the profession is offered no credit that is reported
    NOT_ASKED = auto()
    OPTED_IN = auto()
    EXPORTED = auto()
    REJECTED = auto()
    WITHDRAWN = auto()
    WITHDRAWN_LATER = auto()  # after an export, so the record in PARS must still be deleted
    DELETION_DUE = auto()  # the claim was withdrawn after an export


@dataclass(frozen=True, slots=True)
class ReportingSummary:
    """A reporting state with the time of the export (`at`, aware) or the reason of a rejection."""

    state: ReportingState = ReportingState.NOT_ASKED
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """Credit of one type: what was claimed, and what the sessions gave, of which less may be."""

    type: CreditType
    claimed: Amount
    attended: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedVersion:
    """One submitted version of a claim. `submitted_at` is aware UTC.

    `credits` has the types claimed, each primary one before its subsets.
    """

    number: str
    submitted_at: datetime
    credits: tuple[Credit, ...]
    state: ProofState


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """One of the person's registrations with its claim.

    `versions` are the submitted versions, newest first. `period` is
    the state of this claim's period at the time of the request. `sessions` is the number of
    sessions on the claim. `status` is None if no claim was started.
    """

    attendee_id: int
    meeting: str
    short_name: str
    provider: str
    location: str
    starts_on: date
    ends_on: date
    zone: ZoneInfo
    badge: str
    registration: str
    is_current: bool
    period: ClaimPeriod
    opens_at: datetime
    closes_at: datetime
    status: ClaimStatus | None
    sessions: int
    versions: tuple[SubmittedVersion, ...]
    reporting: ReportingSummary

    @property
    def valid_version(self) -> SubmittedVersion | None:
        """The newest version unless it was withdrawn, or None.

        The version of a reopened claim stays valid until a new one replaces it.
        """
        return next((version for version in self.versions if version.state.is_proof), None)


@dataclass(frozen=True, slots=True)
class AccountYear:
    """The submitted claims of the meetings that ended in one year."""

    year: int
    credits: tuple[Credit, ...]
    entries: tuple[AccountEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's claims at all meetings; without a member record, those of one meeting only.

    `years` holds the claims with a valid version, newest year first. `withdrawn` holds those that
    staff have withdrawn. `unsubmitted` holds all others that were started or can still be, and
    the current registration as long as it has no version.
    """

    name: str
    member: str | None
    credits: tuple[Credit, ...]
    years: tuple[AccountYear, ...]
    unsubmitted: tuple[AccountEntry, ...]
    withdrawn: tuple[AccountEntry, ...] = ()

    @property
    def last_submitted_at(self) -> datetime | None:
        """The latest submission (aware) of the valid versions; None if there are none."""
        versions = (entry.valid_version for year in self.years for entry in year.entries)
        return max((version.submitted_at for version in versions if version), default=None)


def build_account(name: str, member: str | None, entries: Iterable[AccountEntry]) -> Account:
    """Build the account from a person's registrations.

    A meeting's credit counts for the year in which the meeting ended, whenever it was claimed:
    boards go by this date on the certificate.
    """
    sorted_entries = sorted(
        entries, key=lambda entry: (entry.ends_on, entry.meeting, entry.badge), reverse=True
    )
    submitted = [entry for entry in sorted_entries if entry.valid_version is not None]
    years = [
        AccountYear(year, total_credit(year_entries), tuple(year_entries))
        for year, group in groupby(submitted, key=lambda entry: entry.ends_on.year)
        for year_entries in [list(group)]
    ]
    invalid = [entry for entry in sorted_entries if entry.valid_version is None]
    withdrawn = [entry for entry in invalid if entry.status is ClaimStatus.WITHDRAWN]
    return Account(
        name=name,
        member=member,
        credits=total_credit(submitted),
        years=tuple(years),
        unsubmitted=tuple(entry for entry in invalid if entry not in withdrawn and _matters(entry)),
        withdrawn=tuple(withdrawn),
    )


def _matters(entry: AccountEntry) -> bool:
    """Whether a claim without a version is shown: it was started, or can still be."""
    is_over = entry.period is ClaimPeriod.CLOSED
    return entry.is_current or entry.status is not None or not is_over


def total_credit(entries: Iterable[AccountEntry]) -> tuple[Credit, ...]:
    """The sums of the credit of the entries' valid versions, by code and name of the type.

    A sum has the facts of the first entry's type. Where increments differ between meetings, it
    counts in the greatest increment of which all are whole numbers, so that it is exact. Primary
    types are in order of appearance, each before its subsets.
    """
    versions = [entry.valid_version for entry in entries if entry.valid_version is not None]
    by_type: dict[tuple[str, str], list[Credit]] = {}
    for credit in (credit for version in versions for credit in version.credits):
        by_type.setdefault((credit.type.code, credit.type.name_many), []).append(credit)
    sums = [_sum(alike) for alike in by_type.values()]
    codes = list(dict.fromkeys(each.type.part_of or each.type.code for each in sums))
    return tuple(
        sorted(
            sums,
            key=lambda each: (
                codes.index(each.type.part_of or each.type.code),
                not each.type.is_primary,
            ),
        )
    )


def _sum(alike: Sequence[Credit]) -> Credit:
    # An increment is a unit divided by a whole number.
    increment = Fraction(1, lcm(*(each.type.increment.denominator for each in alike)))
    return Credit(
        replace(alike[0].type, increment=increment),
        Amount(sum(int(each.claimed * each.type.increment / increment) for each in alike)),
        Amount(sum(int(each.attended * each.type.increment / increment) for each in alike)),
    )
