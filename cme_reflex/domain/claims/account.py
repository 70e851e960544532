"""A person's account: what was claimed at all meetings, year by year, and what is reported."""

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
    """How far the reporting of one meeting's credit to ACCME is."""

    NOT_ASKED = auto()
    OPTED_IN = auto()
    EXPORTED = auto()
    REJECTED = auto()
    WITHDRAWN = auto()
    WITHDRAWN_LATER = auto()  # what PARS holds is still to be deleted there


@dataclass(frozen=True, slots=True)
class ReportingSummary:
    """The same with what belongs to it: when it was exported (aware), why it was rejected."""

    state: ReportingState = ReportingState.NOT_ASKED
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedVersion:
    """One submitted version. Credit in quarter hours, `submitted_at` aware UTC."""

    number: str
    submitted_at: datetime
    category1: Quarters
    safety: Quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """A registration of the person with its claim.

    `versions` are the submitted ones, the newest, which is the valid one, first. `period` is where
    the moment of asking lies in this claim's period, `sessions` how many are on the claim.
    `status` is None where nothing was begun.
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
        """The version that counts; a reopened claim's stays valid until a new one replaces it."""
        return self.versions[0] if self.versions else None


@dataclass(frozen=True, slots=True)
class CreditTotals:
    """What was claimed, in quarter hours: Category 1, and of that Patient Safety."""

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
    """What a person sees of all own claims. Without a member record it is one meeting's.

    `years` has what counts, the newest first; `unsubmitted` what was begun and never
    submitted, and the registration of this sign-in while it has no version.
    """

    name: str
    member: str | None
    credit: CreditTotals
    years: tuple[AccountYear, ...]
    unsubmitted: tuple[AccountEntry, ...]

    @property
    def last_submitted_at(self) -> datetime | None:
        """When a version that counts was submitted last (aware); None where there is none."""
        valid = (entry.valid_version for year in self.years for entry in year.entries)
        return max((each.submitted_at for each in valid if each), default=None)


def build_account(name: str, member: str | None, entries: Iterable[AccountEntry]) -> Account:
    """The account of these registrations.

    A meeting's credit is that of the year in which the meeting ended, whenever it was claimed:
    this is the date on the certificate that a board asks for.
    """
    newest_first = sorted(
        entries, key=lambda entry: (entry.ends_on, entry.meeting, entry.badge), reverse=True
    )
    submitted = [entry for entry in newest_first if entry.valid_version is not None]
    years = [
        AccountYear(year, total_credit(of_year), tuple(of_year))
        for year, group in groupby(submitted, key=lambda entry: entry.ends_on.year)
        for of_year in [list(group)]
    ]
    still_open = [entry for entry in newest_first if entry.valid_version is None]
    return Account(
        name=name,
        member=member,
        credit=total_credit(submitted),
        years=tuple(years),
        unsubmitted=tuple(
            entry for entry in still_open if entry.is_current or entry.status is not None
        ),
    )


def total_credit(entries: Iterable[AccountEntry]) -> CreditTotals:
    """What the valid versions of these claims add up to."""
    valid = [entry.valid_version for entry in entries if entry.valid_version is not None]
    return CreditTotals(
        Quarters(sum(version.category1 for version in valid)),
        Quarters(sum(version.safety for version in valid)),
    )
