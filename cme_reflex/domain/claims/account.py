"""A person's account: credit claimed at all meetings by year, and its reporting state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto
from itertools import groupby
from zoneinfo import ZoneInfo

from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.meetings.meeting import ClaimPeriod


class ReportingState(StrEnum):
    """Progress of reporting one meeting's credit to ACCME."""

    NOT_ASKED = auto()
    OPTED_IN = auto()
    EXPORTED = auto()
    REJECTED = auto()
    WITHDRAWN = auto()
    WITHDRAWN_LATER = auto()  # after an export, so the record in PARS must still be deleted


@dataclass(frozen=True, slots=True)
class ReportingSummary:
    """A reporting state with the time of the export (`at`, aware) or the reason of a rejection."""

    state: ReportingState = ReportingState.NOT_ASKED
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedVersion:
    """One submitted version of a claim. Credit is in quarter hours; `submitted_at` is aware UTC."""

    number: str
    submitted_at: datetime
    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """One of the person's registrations with its claim.

    `versions` are the submitted versions, newest first; the newest is the valid one. `period` is
    the state of this claim's period at the time of the request. `sessions` is the number of
    sessions on the claim. `status` is None if no claim was started.
    """

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
        """The newest version, or None.

        The version of a reopened claim stays valid until a new one replaces it.
        """
        return self.versions[0] if self.versions else None


@dataclass(frozen=True, slots=True)
class CreditTotals:
    """Credit claimed, in quarter hours: Category 1, and the Patient Safety part of it."""

    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True)
class AccountYear:
    """The submitted claims of the meetings that ended in one year."""

    year: int
    credit: CreditTotals
    entries: tuple[AccountEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's claims at all meetings; without a member record, those of one meeting only.

    `years` holds the submitted claims, newest year first. `unsubmitted` holds claims that were
    started and never submitted, and the current registration as long as it has no version.
    """

    name: str
    member: str | None
    credit: CreditTotals
    years: tuple[AccountYear, ...]
    unsubmitted: tuple[AccountEntry, ...]

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
    unsubmitted = [entry for entry in sorted_entries if entry.valid_version is None]
    return Account(
        name=name,
        member=member,
        credit=total_credit(submitted),
        years=tuple(years),
        unsubmitted=tuple(
            entry for entry in unsubmitted if entry.is_current or entry.status is not None
        ),
    )


def total_credit(entries: Iterable[AccountEntry]) -> CreditTotals:
    """The sum of the credit of the entries' valid versions."""
    versions = [entry.valid_version for entry in entries if entry.valid_version is not None]
    return CreditTotals(
        Quarters(sum(version.category1 for version in versions)),
        Quarters(sum(version.safety for version in versions)),
    )
