"""Tables of sign-ins, links and rate-limit counters."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from cme_reflex.store.columns import UtcDateTime

_METHODS = "method IN ('number', 'password', 'single sign-on', 'link')"


class SignInRow(SQLModel, table=True):
    """A valid sign-in. Only a hash of the cookie's token is stored.

    `seen_at` may be a few minutes old, because not every event is worth a write. `browser` is its
    kind, such as "Safari, iPhone", or empty.
    """

    __tablename__ = "sign_in"
    __table_args__ = (sa.CheckConstraint(_METHODS, name="method"),)

    token_hash: str = Field(primary_key=True)
    attendee_id: int = Field(foreign_key="attendee.id", index=True)
    method: str
    browser: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class RegistrationChoiceRow(SQLModel, table=True):
    """An authenticated person's pending choice between several registrations. Used once."""

    __tablename__ = "registration_choice"
    __table_args__ = (sa.CheckConstraint(_METHODS, name="method"),)

    token_hash: str = Field(primary_key=True)
    attendee_ids: list[int] = Field(sa_type=sa.JSON)
    method: str
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class OidcLoginRow(SQLModel, table=True):
    """A pending OpenID Connect login: the browser is at the identity provider. Used once.

    `state`, `nonce` and `verifier` are those of OpenID Connect and PKCE.
    """

    __tablename__ = "oidc_login"

    token_hash: str = Field(primary_key=True)
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class RateLimitCounterRow(SQLModel, table=True):
    """A rate-limit counter. Its key is hashed, so that no badge number is stored in clear text."""

    __tablename__ = "rate_limit_counter"
    __table_args__ = (sa.CheckConstraint("count >= 0", name="count"),)

    scope: str = Field(primary_key=True)
    key_hash: str = Field(primary_key=True)
    count: int
    until: datetime = Field(sa_type=UtcDateTime)
    forgotten_at: datetime = Field(sa_type=UtcDateTime, index=True)


class LinkRow(SQLModel, table=True):
    """A link in a message. Only a hash of its token is stored. Used once.

    It signs in as one of `attendee_ids`, or allows `member_id` to set a password.
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
    mail_id: int = Field(foreign_key="mail_queue.id", ondelete="CASCADE", index=True)
    attendee_ids: list[int] = Field(sa_type=sa.JSON)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
