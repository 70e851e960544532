"""The tables. Rules that can be written as a constraint are one, so that no door can break them.

Credit is whole quarter hours, instants are aware UTC, and names are those of the domain.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite has no zones, so they are put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def table_of(rows: type[SQLModel]) -> sa.Table:
    """The table of a class, to read columns of it that are not going to be changed.

    A row of columns answers to the same names as an object does, and costs a third of it.
    """
    return SQLModel.metadata.tables[str(rows.__tablename__)]


class MeetingRow(SQLModel, table=True):
    """A meeting as its folder described it. `version` grows with every load that changes it."""

    __tablename__ = "meeting"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    version: int
    document: dict[str, Any] = Field(sa_type=sa.JSON)
    loaded_at: datetime = Field(sa_type=Instant)


class SessionRow(SQLModel, table=True):
    """One item of the programme. A withdrawn one stays, for the claims that name it."""

    __tablename__ = "session"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "code"),
        sa.CheckConstraint("quarters >= 0", name="quarters"),
        sa.CheckConstraint("safety BETWEEN 0 AND quarters", name="safety"),
        sa.CheckConstraint("starts_at <= ends_at", name="ends_after_start"),
        sa.CheckConstraint("delivery IN ('live', 'on demand', 'both')", name="delivery"),
        sa.CheckConstraint("NOT eligible OR quarters > 0", name="eligible_has_credit"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    code: str
    title: str
    kind: str
    track: str
    room: str
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    speakers: list[str] = Field(sa_type=sa.JSON)
    delivery: str
    quarters: int
    safety: int
    eligible: bool
    withdrawn: bool = False
    faculty_badges: list[str] = Field(sa_type=sa.JSON)
    on_demand_from: datetime | None = Field(default=None, sa_type=Instant)


class MemberRow(SQLModel, table=True):
    """A person's account at the provider. `username` is kept folded to lower case.

    A sign-in may bring `password_hash` to newer parameters; `loaded_hash` is a digest of the one
    in the folder, so that loading it again changes nothing.
    """

    __tablename__ = "member"

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True)
    last_name: str
    first_name: str
    suffix: str = ""
    email: str = ""
    password_hash: str
    loaded_hash: str


class AttendeeRow(SQLModel, table=True):
    """One registration for one meeting. `name_key` is what sign-in compares."""

    __tablename__ = "attendee"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "badge"),
        sa.UniqueConstraint("meeting_id", "confirmation"),
        sa.CheckConstraint("profession IN ('physician', 'other')", name="profession"),
        sa.CheckConstraint(
            "corrected_profession IN ('physician', 'other')", name="corrected_profession"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    last_name: str
    first_name: str
    suffix: str = ""
    name_key: str
    badge: str
    confirmation: str
    email: str = ""
    profession: str
    registration_type: str
    name_on_certificate: str | None = None
    corrected_profession: str | None = None


class SignInRow(SQLModel, table=True):
    """A sign-in that is still good. Only a hash of what the cookie holds is kept.

    `seen_at` is not newer than a few minutes ago, because not every event is worth a write.
    """

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True)
    attendee_id: int = Field(foreign_key="attendee.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class ChoiceRow(SQLModel, table=True):
    """Somebody is known, and has yet to say for which of these registrations. Used once."""

    __tablename__ = "choice"

    token_hash: str = Field(primary_key=True)
    attendee_ids: list[int] = Field(sa_type=sa.JSON)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class DepartureRow(SQLModel, table=True):
    """A browser that was sent to the single sign-on and has not come back. Used once.

    `state`, `nonce` and `verifier` are those of OpenID Connect and PKCE.
    """

    __tablename__ = "departure"

    token_hash: str = Field(primary_key=True)
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    expires_at: datetime = Field(sa_type=Instant, index=True)


class TallyRow(SQLModel, table=True):
    """How often something was tried. What was tried is hashed: a number never rests in clear."""

    __tablename__ = "tally"
    __table_args__ = (sa.CheckConstraint("count >= 0", name="count"),)

    scope: str = Field(primary_key=True)
    key_hash: str = Field(primary_key=True)
    count: int
    until: datetime = Field(sa_type=Instant)
    forgotten_at: datetime = Field(sa_type=Instant, index=True)


class ClaimRow(SQLModel, table=True):
    """An attendee's claim. `revision` grows with every change that Submit must have seen."""

    __tablename__ = "claim"
    __table_args__ = (
        sa.CheckConstraint("status IN ('draft', 'submitted', 'reopened')", name="status"),
        sa.CheckConstraint("category1 > 0", name="category1"),
        sa.CheckConstraint("safety >= 0", name="safety"),
        sa.CheckConstraint(
            "category1 IS NULL OR safety IS NULL OR safety <= category1", name="safety_is_subset"
        ),
        sa.CheckConstraint(
            "status <> 'submitted' OR category1 IS NOT NULL", name="submitted_has_credit"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    attendee_id: int = Field(foreign_key="attendee.id", unique=True)
    status: str = "draft"
    revision: int = 0
    category1: int | None = None
    safety: int | None = None
    reopened_until: datetime | None = Field(default=None, sa_type=Instant)


class LineRow(SQLModel, table=True):
    """One session in a claim. A removed line is hidden with its hours, so that Undo has them.

    `lowered` tells that a newer programme has less credit than was claimed.
    """

    __tablename__ = "claim_line"
    __table_args__ = (
        sa.CheckConstraint("quarters > 0", name="quarters"),
        sa.CheckConstraint("safety BETWEEN 0 AND quarters", name="safety"),
    )

    claim_id: int = Field(foreign_key="claim.id", primary_key=True)
    session_id: int = Field(foreign_key="session.id", primary_key=True)
    quarters: int
    safety: int
    on_demand: bool
    removed: bool = False
    lowered: bool = False


class CommandRow(SQLModel, table=True):
    """A change that an attendee's browser asked for and that was made; it is made only once."""

    __tablename__ = "command"

    claim_id: int = Field(foreign_key="claim.id", primary_key=True)
    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)


class AnswerRow(SQLModel, table=True):
    """One answer; without a session it belongs to the overall evaluation."""

    __tablename__ = "answer"
    __table_args__ = (
        sa.Index(
            "uq_answer_session",
            "claim_id",
            "session_id",
            "question",
            unique=True,
            sqlite_where=sa.text("session_id IS NOT NULL"),
            postgresql_where=sa.text("session_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_answer_overall",
            "claim_id",
            "question",
            unique=True,
            sqlite_where=sa.text("session_id IS NULL"),
            postgresql_where=sa.text("session_id IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    session_id: int | None = Field(default=None, foreign_key="session.id")
    question: str
    value: Any = Field(sa_type=sa.JSON)


class FeedRow(SQLModel, table=True):
    """The one row that counts submitted versions in the order in which they are committed.

    Whoever submits has it locked until the end of the transaction, so a number is never
    seen before a smaller one. `epoch` is another one after a restore, which may count anew.
    """

    __tablename__ = "feed"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.CheckConstraint("last > 0", name="last"),
    )

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: str
    last: int


class ReceiptRow(SQLModel, table=True):
    """The proof of one submitted version. `document` is the claim as it was submitted.

    `position` is its number in the order of all meetings' submissions; see FeedRow.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "version"),
        sa.CheckConstraint("position > 0", name="position"),
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("category1 > 0", name="category1"),
        sa.CheckConstraint("safety BETWEEN 0 AND category1", name="safety"),
    )

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    version: int
    number: str = Field(unique=True)
    submitted_at: datetime = Field(sa_type=Instant)
    category1: int
    safety: int
    document: dict[str, Any] = Field(sa_type=sa.JSON)
    position: int = Field(unique=True)


class AuditRow(SQLModel, table=True):
    """Every change of a claim's status: who, when, what and why. Only ever added to."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    at: datetime = Field(sa_type=Instant)
    actor: str
    from_status: str | None = None
    to_status: str
    reason: str = ""
    receipt: str | None = None


class ReportingRow(SQLModel, table=True):
    """What an attendee gave for learner credit reporting, and to which consent. Not the claim's."""

    __tablename__ = "reporting"
    __table_args__ = (
        sa.CheckConstraint("birth_month BETWEEN 1 AND 12", name="birth_month"),
        sa.CheckConstraint("birth_day BETWEEN 1 AND 31", name="birth_day"),
    )

    attendee_id: int = Field(foreign_key="attendee.id", primary_key=True)
    first_name: str
    last_name: str
    birth_month: int
    birth_day: int
    state: str
    licence_id: str
    npi: str
    board: str
    board_id: str
    consent_version: str
    consented_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


class OutboxRow(SQLModel, table=True):
    """A message that shall be sent, put here by the transaction that it tells about.

    `recipient` is the address, `payload` what the message is written from at the moment
    of sending. A worker that sends has it until `leased_until`; `dedupe_key` keeps a
    message from being put here twice. After `expires_at` it is not worth sending.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('confirmation', 'reminder', 'sign-in link', 'invitation')", name="kind"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'withdrawn', 'uncertain', 'dead')",
            name="state",
        ),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.CheckConstraint(
            "(state = 'sending') = (leased_until IS NOT NULL)", name="leased_while_sending"
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_with_its_time"),
        sa.Index("ix_outbox_due", "state", "not_before"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    kind: str
    recipient: str
    payload: dict[str, Any] = Field(sa_type=sa.JSON)
    dedupe_key: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Instant)
    not_before: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    state: str = "waiting"
    attempts: int = 0
    leased_until: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=Instant)


class LinkRow(SQLModel, table=True):
    """A link that was written into a message. Only a hash of its token is kept; used once.

    It signs in as one of `attendee_ids`, or lets `member_id` set a password.
    """

    __tablename__ = "link"
    __table_args__ = (
        sa.CheckConstraint("purpose IN ('sign in', 'set password')", name="purpose"),
        sa.CheckConstraint(
            "(purpose = 'set password') = (member_id IS NOT NULL)", name="member_sets_password"
        ),
    )

    token_hash: str = Field(primary_key=True)
    purpose: str
    outbox_id: int = Field(foreign_key="outbox.id", ondelete="CASCADE", index=True)
    attendee_ids: list[int] = Field(sa_type=sa.JSON)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class BatchRow(SQLModel, table=True):
    """One file of learner credit for PARS. Without `delivered_at` its files may be missing."""

    __tablename__ = "reporting_batch"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    number: int
    at: datetime = Field(sa_type=Instant)
    actor: str
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)


class ReportedRow(SQLModel, table=True):
    """One row of such a file, word for word; what PARS rejected of it never took effect.

    `rejected_in` is the digest of the file that told of the rejection.
    """

    __tablename__ = "reported_row"
    __table_args__ = (sa.CheckConstraint("action IN ('Add', 'Delete')", name="action"),)

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="reporting_batch.id", index=True)
    attendee_id: int = Field(foreign_key="attendee.id", index=True)
    action: str
    record: dict[str, str] = Field(sa_type=sa.JSON)
    rejected_at: datetime | None = Field(default=None, sa_type=Instant)
    rejection: str = ""
    rejected_in: str = ""


class OperationRow(SQLModel, table=True):
    """What staff did to the database as a whole: a backup restored, old records purged.

    Only ever added to; neither a purge nor a restore takes one away.
    """

    __tablename__ = "operation"
    __table_args__ = (sa.CheckConstraint("what IN ('restored', 'purged')", name="what"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor: str
    what: str
    details: dict[str, Any] = Field(sa_type=sa.JSON)


class ApiTokenRow(SQLModel, table=True):
    """What a system of the society's reads claims with. Its secret is kept as a hash alone.

    `selector` finds the row and is no secret; `last_used_at` is exact to a minute.
    """

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    selector: str = Field(unique=True)
    secret_hash: str
    created_at: datetime = Field(sa_type=Instant)
    created_by: str
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_by: str | None = None
