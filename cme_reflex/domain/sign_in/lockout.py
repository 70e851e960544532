"""Lockout of a number or a member after too many failed sign-ins: its rules and its figures."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cme_reflex.domain.sign_in.rate_limits import (
    NO_WAIT,
    RateLimitCounter,
    TooManyAttempts,
    current_count,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """Lockout for `base_delay` at the `threshold`-th failure, doubled at each further failure.

    A lockout lasts at most `max_delay`. Attempts during a lockout are rejected
    and do not prolong it. The counter is reset after a success, and
    `reset_after` after the end of a lockout or the last attempt.
    """

    scope: str
    threshold: int
    base_delay: timedelta
    max_delay: timedelta
    reset_after: timedelta

    def check(self, counter: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """See RateLimit.check."""
        if now < counter.until:
            raise TooManyAttempts(counter.until)
        count = current_count(counter, now) + 1
        if count < self.threshold:
            return RateLimitCounter(count, counter.until, now + self.reset_after), NO_WAIT
        # This many doublings reach `max_delay`; more would only compute huge numbers.
        max_doublings = (self.max_delay // self.base_delay).bit_length()
        doublings = min(count - self.threshold, max_doublings)
        until = now + min(self.base_delay * 2**doublings, self.max_delay)
        return RateLimitCounter(count, until, until + self.reset_after), NO_WAIT

    def refund(self, counter: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """See RateLimit.refund."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """No attempts for `duration` after each `threshold` of them within `window`.

    The count starts again after a pause, so holding a key takes `threshold` attempts each time.
    """

    scope: str
    threshold: int
    duration: timedelta
    window: timedelta

    def check(self, counter: RateLimitCounter, now: datetime) -> tuple[RateLimitCounter, timedelta]:
        """See RateLimit.check."""
        if now < counter.until:
            raise TooManyAttempts(counter.until)
        if now >= counter.forgotten_at:
            return RateLimitCounter(1, counter.until, now + self.window), NO_WAIT
        if counter.count + 1 < self.threshold:
            return (
                RateLimitCounter(counter.count + 1, counter.until, counter.forgotten_at),
                NO_WAIT,
            )
        until = now + self.duration
        return RateLimitCounter(0, until, until), NO_WAIT

    def refund(self, counter: RateLimitCounter, *, first: bool) -> RateLimitCounter | None:
        """See RateLimit.refund."""
        return replace(counter, count=max(counter.count - 1, 0))


NUMBER_LOCKOUT = Lockout(
    scope="number at an address",
    threshold=5,
    base_delay=timedelta(minutes=1),
    max_delay=timedelta(minutes=15),
    reset_after=timedelta(hours=1),
)
"""Attempts with the same number, or the same two numbers, from one address."""

ADDRESS_PAUSE = Pause(
    scope="number of two at an address",
    threshold=700,
    duration=timedelta(minutes=5),
    window=timedelta(days=1),
)
"""Attempts with one number and another from one address.

It limits those who know somebody's name and badge and guess the confirmation number. They stop its
owner at the same address only: five requests a second for a day pause 617 numbers for five minutes
each, which are 0.4 % of the time of 500 badges, or twice that with two badges in each attempt.
"""

NUMBER_PAUSE = Pause(
    scope="number anywhere",
    threshold=3_000,
    duration=timedelta(minutes=5),
    window=timedelta(minutes=10),
)
"""Attempts with one number from anywhere.

ADDRESS_PAUSE lets one address try a number at most 1,400 times in ten minutes, so two of them never
pause it for all.
"""

KNOWN_BROWSER_LOCKOUT = replace(NUMBER_LOCKOUT, scope="known browser")
"""Attempts with two numbers at a browser that was signed in to the registration of one of them."""

MEMBER_LOCKOUT = replace(NUMBER_LOCKOUT, scope="member at an address")
"""Attempts on a member's username, existing or not, from one IP address."""

MEMBER_PAUSE = replace(
    NUMBER_PAUSE, scope="member anywhere", threshold=100, window=timedelta(days=1)
)
"""Attempts on a member's username from anywhere.

A stranger needs a hundred of them for five minutes of a member's time. They are 28,800 guesses a
day, from hundreds of addresses, at a password that takes at least a million.
"""
