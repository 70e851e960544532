"""Feed of submitted claims as JSON; docs/integration.md documents the fields."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.operations.api_scopes import ApiScope
from cme_reflex.formats.reports.claims_export import CreditNumber

CATEGORY1, PATIENT_SAFETY = "category1", "safety"
"""The credit types that have fields of their own, from when there were no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCredit:
    """The credit of one type. `part_of` is the primary type of a subset, otherwise null."""

    credit_type: str
    label: str
    name: str
    accreditor: str
    part_of: str | None
    claimed: CreditNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """A session of a claim, with its credit by type. Instants are aware UTC."""

    session: str
    title: str
    starts_at: datetime
    ends_at: datetime
    watched: str
    minutes: int
    category1_hours: CreditNumber | None
    patient_safety_hours: CreditNumber | None
    credits: Mapping[str, CreditNumber]
    identifiers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMeeting:
    """The meeting of a claim at the time of submission."""

    code: str
    name: str
    provider: str
    location: str
    starts_on: date
    ends_on: date
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReporting:
    """What an attendee who consents to learner credit reporting gave for it."""

    consented_at: datetime
    first_name: str
    last_name: str
    birth_month: int
    birth_day: int
    state: str
    licence_id: str
    npi: str
    board: str
    board_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAttendee:
    """The attendee of a claim. `member_username` is null for a registration without an account.

    Each of the last three is present only with its scope. `reporting` is null without consent.
    """

    badge: str
    member_username: str | None
    last_name: str
    first_name: str
    suffix: str
    name_on_certificate: str
    profession: str
    registration_type: str
    email: str = ""
    confirmation: str = ""
    reporting: FeedReporting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedClaim:
    """One submitted version of a claim. Instants are aware UTC.

    `replaces` is the receipt number of the previous version, `replaced_by` that of the next one
    at the time of the request. `status` is the version's at that time: `valid` and `reopened`
    versions are proofs of credit. `category1_hours` and `patient_safety_hours` are null where the
    claim has no credit of these types.
    """

    receipt_number: str
    version: Annotated[int, Field(ge=1)]
    replaces: str | None
    replaced_by: str | None
    status: ProofState
    submitted_at: datetime
    withdrawn_at: datetime | None
    meeting: FeedMeeting
    attendee: FeedAttendee
    category1_hours: CreditNumber | None
    patient_safety_hours: CreditNumber | None
    credits: tuple[FeedCredit, ...]
    lines: tuple[FeedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A page of versions in commit order, and the cursor of the next page."""

    claims: tuple[FeedClaim, ...]
    next_cursor: str
    has_more: bool


_PAGE_ADAPTER = TypeAdapter(FeedPage)
_CLAIM_ADAPTER = TypeAdapter(FeedClaim)


_SCOPE_OF_FIELD = {
    "email": ApiScope.CONTACT,
    "confirmation": ApiScope.CONFIRMATION_NUMBERS,
    "reporting": ApiScope.REPORTING,
}
"""Fields of an attendee that a token needs a scope for."""


def page_json(page: FeedPage, scopes: Collection[ApiScope]) -> bytes:
    """The page as JSON, as far as the scopes allow; credit is a number such as 8.5."""
    exclude: Any = {"claims": {"__all__": _excluded(scopes)}}
    return _PAGE_ADAPTER.dump_json(page, by_alias=True, exclude=exclude)


def claim_json(claim: FeedClaim, scopes: Collection[ApiScope]) -> bytes:
    """One version as JSON, as far as the scopes allow."""
    return _CLAIM_ADAPTER.dump_json(claim, by_alias=True, exclude=_excluded(scopes))


def _excluded(scopes: Collection[ApiScope]) -> Any:
    return {"attendee": {name for name, scope in _SCOPE_OF_FIELD.items() if scope not in scopes}}


def schemas(reference: str) -> dict[str, Any]:
    """The JSON schemas of the feed by name. `reference` is a template with ``{model}``."""
    _, shared = TypeAdapter.json_schemas(
        [("page", "serialization", _PAGE_ADAPTER), ("claim", "serialization", _CLAIM_ADAPTER)],
        by_alias=True,
        ref_template=reference,
    )
    # Without the docstrings, which describe the Python values.
    return {
        name: {key: value for key, value in schema.items() if key != "description"}
        for name, schema in shared["$defs"].items()
    }
