"""When a last name and one number suffice to sign in, and when both numbers are required.

Badge numbers are sequential and a common last name fits one badge in a hundred, so a limit for
each number or address stops nobody who tries many numbers from many addresses. All failures of a
meeting are therefore counted together. Above a threshold, browsers that have not signed in to the
registration before must enter badge *and* confirmation number (or sign in another way). This stops
guessing and, unlike a lock, no attendee: `tests/domain/sign_in/test_guessing.py` simulates both.

`NumberLimits` is pure: it reads and writes counters through `Counters`, whoever stores them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cme_reflex.domain.sign_in.lockout import (
    ADDRESS_PAUSE,
    NUMBER_LOCKOUT,
    NUMBER_PAUSE,
    Lockout,
    Pause,
)
from cme_reflex.domain.sign_in.rate_limits import RateLimitCounter, TooManyAttempts

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class SecondNumberRequired(Exception):
    """One number is not enough: the attempt needs badge and confirmation number.

    `always` is true where the meeting's terms require both, and false where failed attempts do.
    """

    def __init__(self, *, always: bool) -> None:
        super().__init__(always)
        self.always = always


class Counters(Protocol):
    """Counters of attempts by scope and key; a missing one has the count 0."""

    def load(self, scope: str, key: str) -> RateLimitCounter:
        """The counter of this key."""

    def save(self, scope: str, key: str, counter: RateLimitCounter | None) -> None:
        """Save the counter of this key; None deletes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakyBucket:
    """A count that falls by one every `leak`, and never exceeds `capacity`.

    Its counter's `forgotten_at` is the instant at which it is empty again, and its `count` has the
    attempts since it was empty.
    """

    scope: str
    capacity: int
    leak: timedelta

    def level(self, counter: RateLimitCounter, now: datetime) -> float:
        """The count at `now`."""
        return max((counter.forgotten_at - now) / self.leak, 0.0)

    def add(self, counter: RateLimitCounter, now: datetime) -> RateLimitCounter:
        """The counter after one more attempt."""
        full = now + self.capacity * self.leak
        empty_at = min(max(counter.forgotten_at, now) + self.leak, full)
        count = counter.count if now < counter.forgotten_at else 0
        return RateLimitCounter(count + 1, counter.until, empty_at)

    def take(self, counter: RateLimitCounter, attempts: int) -> RateLimitCounter:
        """The counter without some of its attempts."""
        if attempts >= counter.count:
            return RateLimitCounter(0, counter.until, _LONG_AGO)
        return RateLimitCounter(
            counter.count - attempts,
            counter.until,
            counter.forgotten_at - attempts * self.leak,
        )


FAILURES = LeakyBucket(scope="failures of a meeting", capacity=12, leak=timedelta(minutes=15))
"""Failed attempts with one number. When it is full, a second number is required.

Five hundred attendees an hour, of whom one in twenty mistypes, hold it at two or three: whoever
signs in after mistyping takes the failures back. Guessing gets 12 answers, then 4 an hour.
"""

PRESSURE = LeakyBucket(scope="pressure on a meeting", capacity=20, leak=timedelta(minutes=1))
"""Attempts while a second number is required, without those that led to a sign-in."""

IN_FLIGHT = LeakyBucket(scope="attempts in flight", capacity=40, leak=timedelta(seconds=2))
"""Attempts with one number whose outcome is not known yet.

A hall that signs in at one moment is no attack, and a thousand guesses at one moment get at most
this many answers besides those of FAILURES.
"""

PRESSURE_THRESHOLD = 10  # more than attendees who are just typing their second number
DEMAND_LIFETIME = timedelta(minutes=15)
"""How long a second number is required after PRESSURE has fallen below its threshold."""

PAIRS_AT_ADDRESS = LeakyBucket(
    scope="two numbers at an address", capacity=1_000, leak=timedelta(milliseconds=50)
)
"""Attempts with two numbers from one address: a full hall at once, then 20 a second.

Of numbers that were both tried there more than OWN_ATTEMPTS times within a day; others pass, or one
person in a hall could stop everybody there with made-up numbers.
"""

OWN_ATTEMPTS = 5
"""As many attempts with two numbers pass NUMBER_PAUSE at each address, whatever others do.

By the number that was tried less there they pass PAIRS_AT_ADDRESS: nobody else knows both.
"""

OWN_NAME, OWN_NUMBER = "own failures by name", "own failures by number"
OWN_WINDOW = timedelta(minutes=15)
OWN_LIMIT = 4
"""At most this many of FAILURES are taken back by one sign-in."""

TAKEN_BACK = "failures taken back"
TAKEN_BACK_WINDOW = timedelta(days=1)
"""How often a person's sign-ins take failures back, once each.

Whoever has an account could otherwise try the numbers of all namesakes, four and then his own.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAttempt:
    """An attempt to sign in with a last name (its `name_key`) and one number or two.

    `address` is the client's IP address or network. `always` is true for a meeting that never
    accepts one number alone.
    """

    meeting: str
    name: str
    numbers: Sequence[str]
    address: str = ""
    always: bool = False


def check(counters: Counters, attempt: NumberAttempt, *, now: datetime) -> None:
    """Count an attempt before its outcome is known; `succeed` or `fail` follows.

    The order of the counters is always the same, so that locks on them cannot deadlock. Attempts
    that raise SecondNumberRequired or TooManyAttempts must not be evaluated.
    """
    meeting = attempt.meeting
    failures = counters.load(FAILURES.scope, meeting)
    pressure = counters.load(PRESSURE.scope, meeting)
    in_flight = counters.load(IN_FLIGHT.scope, meeting)
    is_required = (
        is_second_number_required(failures, pressure, now)
        or IN_FLIGHT.level(in_flight, now) > IN_FLIGHT.capacity - 1
    )
    if len(attempt.numbers) < 2 and (is_required or attempt.always):
        if is_required:
            _press(counters, meeting, pressure, now)
        raise SecondNumberRequired(always=attempt.always)
    _count_numbers(counters, attempt, now)
    if len(attempt.numbers) > 1:
        _press(counters, meeting, pressure, now)
    else:
        counters.save(IN_FLIGHT.scope, meeting, IN_FLIGHT.add(in_flight, now))


def fail(counters: Counters, attempt: NumberAttempt, *, now: datetime) -> None:
    """Count the failure of an attempt that `check` let pass.

    With two numbers it is counted already: as pressure, which only a success takes back.
    """
    if len(attempt.numbers) > 1:
        return
    meeting = attempt.meeting
    failures = counters.load(FAILURES.scope, meeting)
    counters.save(FAILURES.scope, meeting, FAILURES.add(failures, now))
    _land(counters, meeting)
    for scope, key in _own_keys(attempt):
        own = counters.load(scope, key)
        count = own.count + 1 if now < own.forgotten_at else 1
        counters.save(scope, key, RateLimitCounter(count, own.until, now + OWN_WINDOW))


def succeed(counters: Counters, attempt: NumberAttempt, *, person: str, now: datetime) -> None:
    """Take back what `check` counted for an attempt that led to a sign-in of `person`.

    The person's failures just before it are taken back as well, once in TAKEN_BACK_WINDOW: those
    from the same address with the same name or number, so that mistyping attendees raise no alarm.
    """
    meeting = attempt.meeting
    failures = counters.load(FAILURES.scope, meeting)
    pressure = counters.load(PRESSURE.scope, meeting)
    if len(attempt.numbers) > 1:
        # This attempt, and the one before it that was asked for the second number.
        counters.save(PRESSURE.scope, meeting, PRESSURE.take(pressure, 2))
    else:
        _land(counters, meeting)
    own = 0
    for scope, key in _own_keys(attempt):
        counter = counters.load(scope, key)
        own = max(own, counter.count if now < counter.forgotten_at else 0)
        counters.save(scope, key, None)
    if own and _is_first_time(counters, f"{meeting} {person}", now):
        counters.save(FAILURES.scope, meeting, FAILURES.take(failures, min(own, OWN_LIMIT)))
    for limit, key in _number_limits(attempt):
        counter = counters.load(limit.scope, key)
        counters.save(limit.scope, key, limit.refund(counter, first=False))


def is_second_number_required(
    failures: RateLimitCounter, pressure: RateLimitCounter, now: datetime
) -> bool:
    """Whether one number is not enough at `now`, by the meeting's two counters."""
    return now < pressure.until or FAILURES.level(failures, now) > FAILURES.capacity - 1


def _land(counters: Counters, meeting: str) -> None:
    in_flight = counters.load(IN_FLIGHT.scope, meeting)
    counters.save(IN_FLIGHT.scope, meeting, IN_FLIGHT.take(in_flight, 1))


def _is_first_time(counters: Counters, key: str, now: datetime) -> bool:
    """Whether a person has taken no failures back within TAKEN_BACK_WINDOW; counts this time."""
    counter = counters.load(TAKEN_BACK, key)
    if now < counter.forgotten_at:
        return False
    counters.save(TAKEN_BACK, key, RateLimitCounter(1, now, now + TAKEN_BACK_WINDOW))
    return True


def _press(counters: Counters, meeting: str, pressure: RateLimitCounter, now: datetime) -> None:
    after = PRESSURE.add(pressure, now)
    if PRESSURE.level(pressure, now) >= PRESSURE_THRESHOLD:
        after = RateLimitCounter(after.count, now + DEMAND_LIFETIME, after.forgotten_at)
    counters.save(PRESSURE.scope, meeting, after)


def _count_numbers(counters: Counters, attempt: NumberAttempt, now: datetime) -> None:
    """Count the attempt under the limits of its numbers. Raises TooManyAttempts."""
    counted: list[tuple[str, str, RateLimitCounter]] = []
    at_address = fewest = OWN_ATTEMPTS + 1
    for limit, key in _number_limits(attempt):
        try:
            counter, _ = limit.check(counters.load(limit.scope, key), now)
        except TooManyAttempts:
            if limit is NUMBER_PAUSE and at_address <= OWN_ATTEMPTS:
                continue
            raise
        at_address = counter.count if limit is ADDRESS_PAUSE else OWN_ATTEMPTS + 1
        fewest = min(fewest, at_address)
        counted.append((limit.scope, key, counter))
    if len(attempt.numbers) > 1:
        counted.append(_count_pair(counters, attempt, now, is_own=fewest <= OWN_ATTEMPTS))
    for scope, key, counter in counted:
        counters.save(scope, key, counter)


def _count_pair(
    counters: Counters, attempt: NumberAttempt, now: datetime, *, is_own: bool
) -> tuple[str, str, RateLimitCounter]:
    bucket, key = PAIRS_AT_ADDRESS, f"{attempt.meeting} {attempt.address}"
    counter = counters.load(bucket.scope, key)
    if bucket.level(counter, now) > bucket.capacity - 1 and not is_own:
        raise TooManyAttempts(now + bucket.leak)
    return bucket.scope, key, bucket.add(counter, now)


def _number_limits(attempt: NumberAttempt) -> list[tuple[Lockout | Pause, str]]:
    """The limits of the attempt's numbers with their keys, always in the same order."""
    limits: list[tuple[Lockout | Pause, str]] = [(NUMBER_LOCKOUT, _lock_key(attempt))]
    for number in sorted(attempt.numbers):
        key = f"{attempt.meeting} {number}"
        if len(attempt.numbers) > 1:
            limits.append((ADDRESS_PAUSE, f"{key} at {attempt.address}"))
        limits.append((NUMBER_PAUSE, key))
    return limits


def _lock_key(attempt: NumberAttempt) -> str:
    """The key of NUMBER_LOCKOUT.

    Two numbers are one key: a stranger cannot lock a pair without knowing it, so the second number
    is also the way past a lock on the first.
    """
    return " ".join((attempt.meeting, *sorted(attempt.numbers), "at", attempt.address))


def _own_keys(attempt: NumberAttempt) -> list[tuple[str, str]]:
    place = f"{attempt.meeting} {attempt.address}"
    return [
        (OWN_NAME, f"{place} {attempt.name}"),
        *((OWN_NUMBER, f"{place} {number}") for number in sorted(attempt.numbers)),
    ]
