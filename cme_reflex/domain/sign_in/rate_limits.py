"""How often something may be tried: a number, an address, a link by e-mail.

An attempt is counted before it is known whether it succeeds, so that a thousand at once are
counted as a thousand; one that succeeds takes its count back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

_NO_WAIT = timedelta(0)


class TooManyAttempts(Exception):
    """Something was tried too often; from `until` on it may be tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class RateLimitCounter:
    """What is remembered about one key: how many attempts, and until when what they did lasts.

    `until` is the end of a lock or the turn of the next attempt, by the limit; from
    `forgotten_at` on it is as if nothing had been tried.
    """

    count: int
    until: datetime
    forgotten_at: datetime


class RateLimit(Protocol):
    """A rule for the attempts of one `scope`, the name of what is counted."""

    @property
    def scope(self) -> str:
        """What is counted; two limits never share a name."""

    def check(self, before: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """The tally after one more attempt, and how long that attempt has to wait.

        Raises TooManyAttempts; a refused attempt is not counted.
        """

    def refund(self, before: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """The tally after an attempt that was counted has succeeded, None for a clean slate.

        `first` says that this person had not succeeded before in a while.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """Locks out for `base_delay` at the `threshold`-th failure, then twice as long each time.

    What is tried during a lock is refused and does not prolong it. All is
    forgotten after a success, and `reset_after` after the last attempt.
    """

    scope: str
    threshold: int
    base_delay: timedelta
    max_delay: timedelta
    reset_after: timedelta

    def check(self, before: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """See Limit."""
        if now < before.until:
            raise TooManyAttempts(before.until)
        count = _current_count(before, now) + 1
        if count < self.threshold:
            return RateLimitCounter(count, before.until, now + self.reset_after), _NO_WAIT
        enough = (
            self.max_delay // self.base_delay
        ).bit_length()  # doublings to be past the longest
        doublings = min(count - self.threshold, enough)
        until = now + min(self.base_delay * 2**doublings, self.max_delay)
        return RateLimitCounter(count, until, until + self.reset_after), _NO_WAIT

    def refund(self, before: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """See Limit."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Failures slow down whoever comes from the same place; nobody is locked out.

    Up to `threshold` failures within `window` nothing happens. Beyond, attempts
    take turns that are `step` apart for each failure too many, at most
    `max_delay`. Whoever would wait for more than `max_wait` is refused until then.

    Each person who gets in takes one failure back besides the own attempt: a
    hall full of people who mistype once is no attack, and an attacker has few
    accounts.
    """

    scope: str
    threshold: int
    window: timedelta
    step: timedelta
    max_delay: timedelta
    max_wait: timedelta

    def check(self, before: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """See Limit."""
        count = _current_count(before, now) + 1
        turn = max(now, before.until)
        if turn - now > self.max_wait:
            raise TooManyAttempts(turn - self.max_wait)
        apart = min(self.step * max(count - self.threshold, 0), self.max_delay)
        # Attempts that nobody spaces reserve nothing: one whose clock is behind is not too early.
        until = turn + apart if apart else before.until
        ends = before.forgotten_at if count > 1 else now + self.window
        return RateLimitCounter(count, until, max(ends, until)), turn - now

    def refund(self, before: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """See Limit."""
        return replace(before, count=max(before.count - (2 if first else 1), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `limit` within `window`, which begins with the first; success or not."""

    scope: str
    limit: int
    window: timedelta

    def check(self, before: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """See Limit."""
        if now >= before.forgotten_at:
            return RateLimitCounter(1, now, now + self.window), _NO_WAIT
        if before.count >= self.limit:
            raise TooManyAttempts(before.forgotten_at)
        return replace(before, count=before.count + 1), _NO_WAIT

    def refund(self, before: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """See Limit."""
        return before


def _current_count(before: RateLimitCounter, now: datetime) -> int:
    return before.count if now < before.forgotten_at else 0
