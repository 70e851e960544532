"""Rate limits for attempts, such as sign-ins by number or address, and links by e-mail.

An attempt is counted before its outcome is known, so that a thousand simultaneous attempts are
counted as a thousand; a successful attempt is refunded. Limits that lock a number or a member are
in `lockout.py`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

NO_WAIT = timedelta(0)


class TooManyAttempts(Exception):
    """The attempt exceeds a rate limit; another one is allowed from `until` on."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class RateLimitCounter:
    """Counter of the attempts for one key.

    `until` is the end of a lockout or the time slot of the next attempt, depending on the
    limit. The counter expires at `forgotten_at`.
    """

    count: int
    until: datetime
    forgotten_at: datetime

    def is_expired(self, now: datetime) -> bool:
        """Whether the counter no longer counts, so that it can be deleted."""
        return now >= max(self.until, self.forgotten_at)


class RateLimit(Protocol):
    """A rate limit for the attempts in one `scope`."""

    @property
    def scope(self) -> str:
        """The unique name of the attempts that the limit counts."""

    def check(self, counter: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """Return the counter after one more attempt, and the delay for that attempt.

        Raises TooManyAttempts; a rejected attempt is not counted.
        """

    def refund(self, counter: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """Return the counter after the success of a counted attempt; None deletes the counter.

        `first` is true if the person had no other recent success.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Growing delay after failures, for many people behind one address; no lockout.

    Up to `threshold` failures within `window` there is no delay. After that,
    attempts get time slots one after the other. The distance between slots grows
    by `step` with each further failure, up to `max_delay`. An attempt is rejected
    as long as it would wait for more than `max_wait`.

    A person's first success refunds one failure besides its own attempt: many
    people in a conference hall who mistype once are no attack, and an attacker
    has few accounts.
    """

    scope: str
    threshold: int
    window: timedelta
    step: timedelta
    max_delay: timedelta
    max_wait: timedelta

    def check(self, counter: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """See RateLimit.check."""
        count = current_count(counter, now) + 1
        slot = max(now, counter.until)
        if slot - now > self.max_wait:
            raise TooManyAttempts(slot - self.max_wait)
        distance = min(self.step * max(count - self.threshold, 0), self.max_delay)
        # Without a distance no slot is reserved, so a server whose clock is behind need not wait.
        until = slot + distance if distance else counter.until
        expires_at = counter.forgotten_at if count > 1 else now + self.window
        return RateLimitCounter(count, until, max(expires_at, until)), slot - now

    def refund(self, counter: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """See RateLimit.refund."""
        return replace(counter, count=max(counter.count - (2 if first else 1), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `limit` attempts in a `window` that starts with the first; successes count, too."""

    scope: str
    limit: int
    window: timedelta

    def check(self, counter: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """See RateLimit.check."""
        if now >= counter.forgotten_at:
            return RateLimitCounter(1, now, now + self.window), NO_WAIT
        if counter.count >= self.limit:
            raise TooManyAttempts(counter.forgotten_at)
        return replace(counter, count=counter.count + 1), NO_WAIT

    def refund(self, counter: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """See RateLimit.refund."""
        return counter


def current_count(counter: RateLimitCounter, now: datetime) -> int:
    """The counter's count; 0 once it is forgotten."""
    return counter.count if now < counter.forgotten_at else 0
