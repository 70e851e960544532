"""Simulation of attendees and an attacker who sign in to one meeting with names and numbers.

Time is simulated and the counters are in memory, so that a day of ten tries a second takes seconds.
What is simulated is `domain.sign_in.second_number` and nothing else of the application.
"""

import gc
import heapq
import random
import string
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle

from cme_reflex.domain.sign_in import second_number
from cme_reflex.domain.sign_in.rate_limits import RateLimitCounter, TooManyAttempts
from cme_reflex.domain.sign_in.second_number import NumberAttempt, SecondNumberRequired

START = datetime(2024, 9, 29, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = 86_400  # seconds
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

EXPIRY = 20_000  # guesses between two deletions of expired counters

FIRST_BADGE = 240_001
ATTACKED = 500  # badges in a row
HALL = "192.0.2.1"  # the address of the convention center

READING_THE_MESSAGE = 8  # seconds until a mistyped name or number is typed again
FINDING_THE_SECOND = 12  # seconds until the other number is typed: it is in an e-mail

POPULATION = 294_979_229
"""People counted by the 2010 Census with a last name that 100 or more people have."""

# fmt: off
SURNAMES = {
    "smith": 2442977, "johnson": 1932812, "williams": 1625252, "brown": 1437026, "jones": 1425470,
    "garcia": 1166120, "miller": 1161437, "davis": 1116357, "rodriguez": 1094924,
    "martinez": 1060159, "hernandez": 1043281, "lopez": 874523, "gonzalez": 841025,
    "wilson": 801882, "anderson": 784404, "thomas": 756142, "taylor": 751209, "moore": 724374,
    "jackson": 708099, "martin": 702625, "lee": 693023, "perez": 681645, "thompson": 664644,
    "white": 660491, "harris": 624252, "sanchez": 612752, "clark": 562679, "ramirez": 557423,
    "lewis": 531781, "robinson": 529821, "walker": 523129, "young": 484447, "allen": 482607,
    "king": 465422, "wright": 458980, "scott": 439530, "torres": 437813, "nguyen": 437645,
    "hill": 434827, "flores": 433969, "green": 430182, "adams": 427865, "nelson": 424958,
    "baker": 419586, "hall": 407076, "rivera": 391114, "campbell": 386157, "mitchell": 384486,
    "carter": 376966, "roberts": 376774,
}
# fmt: on
"""Bearers of the fifty most common last names: US Census Bureau, 2010 Census, "Frequently
Occurring Surnames" (www.census.gov/topics/population/genealogy/data/2010_surnames.html)."""


_NOTHING = RateLimitCounter(0, NEVER, NEVER)


class MemoryCounters(dict[tuple[str, str], RateLimitCounter]):
    """Counters in memory."""

    def load(self, scope: str, key: str) -> RateLimitCounter:
        """See second_number.Counters."""
        return self.get((scope, key), _NOTHING)

    def save(self, scope: str, key: str, counter: RateLimitCounter | None) -> None:
        """See second_number.Counters."""
        if counter is None:
            self.pop((scope, key), None)
        else:
            self[scope, key] = counter

    def delete_expired(self, now: datetime) -> None:
        """Delete the counters that no longer count."""
        for key in [
            key
            for key, counter in self.items()
            # RateLimitCounter.is_expired, of hundreds of thousands.
            if counter.forgotten_at <= now and counter.until <= now
        ]:
            del self[key]


class ReadOnlyCounters:
    """The same counters, without what is saved."""

    def __init__(self, counters: MemoryCounters) -> None:
        self.load = counters.load

    def save(self, scope: str, key: str, counter: RateLimitCounter | None) -> None:
        """See second_number.Counters; nothing is saved."""


@dataclass(frozen=True, slots=True)
class Person:
    """A registration."""

    name: str
    badge: str
    confirmation: str

    @property
    def numbers(self) -> set[str]:
        """Badge and confirmation number."""
        return {self.badge, self.confirmation}


@dataclass(slots=True)
class Outcome:
    """What a simulation has counted. Waits are in seconds, from the first try to the sign-in."""

    entered: set[str] = field(default_factory=set)
    answered: int = 0
    answered_alone: int = 0  # of these, with one number
    waits: list[float] = field(default_factory=list)
    asked: int = 0
    locked_out: int = 0

    @property
    def share_within_30_seconds(self) -> float:
        """The share of the attendees who were signed in half a minute after their first try."""
        return sum(wait <= 30 for wait in self.waits) / len(self.waits)


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack: tries a second, the addresses they come from, and the names that it tries."""

    rate: float
    addresses: tuple[str, ...]
    names: tuple[str, ...] = tuple(SURNAMES)
    duration: int = DAY
    own_badge: str = ""  # of an account that the attacker has, with the only name that is tried


class Simulation:
    """A meeting with its attendees; `run` lets events happen in the order of their times."""

    def __init__(self, seed: int, *, attendees: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a simulation that can be repeated
        self.counters = MemoryCounters()
        self.outcome = Outcome()
        self.people = [self._person(number) for number in range(attendees)]
        self._by_number = {
            number: person
            for person in self.people
            for number in (person.badge, person.confirmation)
        }
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()

    def run(self) -> Outcome:
        """Run until no event is left.

        Without the garbage collector, which would look through all counters again and again.
        """
        gc.disable()
        try:
            while self._events:
                at, _, event = heapq.heappop(self._events)
                event(at)
        finally:
            gc.enable()
        return self.outcome

    def attendees_arrive(self, people: list[Person], *, within: int, mistyping: float) -> None:
        """Each signs in once at a random second, from the hall; a share of them mistypes first."""
        for person in people:
            at = self.random.uniform(0, within)
            mistypes = self.random.random() < mistyping
            self.at(at, self._arrival(person, at, mistypes=mistypes))

    def attack(self, attack: Attack) -> None:
        """Try the names, the most common first, on 500 badges in a row."""
        guesses = self._guesses(attack)
        self.at(0, lambda at: self._guess(attack, guesses, at))

    def try_to_sign_in(
        self, name: str, numbers: tuple[str, ...], address: str, at: float
    ) -> Person | None:
        """One try. Raises SecondNumberRequired and TooManyAttempts as the application does."""
        now = START + at * SECOND
        attempt = NumberAttempt(meeting="m", name=name, numbers=numbers, address=address)
        second_number.check(self.counters, attempt, now=now)
        person = self._by_number.get(numbers[0])
        if person is None or person.name != name or not {*numbers} <= person.numbers:
            second_number.fail(self.counters, attempt, now=now)
            return None
        second_number.succeed(self.counters, attempt, person=person.badge, now=now)
        return person

    def _person(self, number: int) -> Person:
        common = self.random.choices([*SURNAMES, ""], [*SURNAMES.values(), self._others()])[0]
        return Person(common or f"rare{number}", str(FIRST_BADGE + number), self._confirmation())

    def _others(self) -> int:
        return POPULATION - sum(SURNAMES.values())

    def _confirmation(self) -> str:
        return "".join(self.random.choices(string.ascii_uppercase + string.digits, k=8))

    def at(self, at: float, event: Callable[[float], None]) -> None:
        """Let an event happen this many seconds after the start."""
        heapq.heappush(self._events, (at, next(self._order), event))

    def _arrival(
        self, person: Person, first_try: float, *, mistypes: bool = False, second: bool = False
    ) -> Callable[[float], None]:
        def arrive(at: float) -> None:
            name, number = person.name, person.badge
            if mistypes and self.random.random() < 0.5:
                name = f"{name}x"
            elif mistypes:
                number = f"{number[:-1]}x"
            numbers = (number, person.confirmation) if second else (number,)
            try:
                found = self.try_to_sign_in(name, numbers, HALL, at)
            except SecondNumberRequired:
                self.outcome.asked += 1
                again = self._arrival(person, first_try, mistypes=mistypes, second=True)
                self.at(at + FINDING_THE_SECOND, again)
            except TooManyAttempts as error:
                self.outcome.locked_out += 1
                wait = (error.until - START) / SECOND - at
                self.at(at + wait, self._arrival(person, first_try, second=second))
            else:
                if found is None:
                    again = self._arrival(person, first_try, second=second)
                    self.at(at + READING_THE_MESSAGE, again)
                else:
                    self.outcome.waits.append(at - first_try)

        return arrive

    def _guesses(self, attack: Attack) -> Iterator[tuple[str, str, str]]:
        addresses = cycle(attack.addresses)
        for name in cycle(attack.names):
            for badge in range(FIRST_BADGE, FIRST_BADGE + ATTACKED):
                yield name, str(badge), next(addresses)

    def _sign_in_as_oneself(self, attack: Attack, at: float) -> None:
        """Sign in to the attacker's own account, which takes the failures before it back."""
        own = self._by_number[attack.own_badge]
        with suppress(SecondNumberRequired, TooManyAttempts):
            self.try_to_sign_in(own.name, (own.badge,), attack.addresses[0], at)

    def _guess(self, attack: Attack, guesses: Iterator[tuple[str, str, str]], at: float) -> None:
        if attack.own_badge:
            self._sign_in_as_oneself(attack, at)
        name, badge, address = next(guesses)
        if self.random.random() < 1 / EXPIRY:
            self.counters.delete_expired(START + at * SECOND)
        # Every other try has a second number, for those who are asked for one.
        with_second = not attack.own_badge and self.random.random() < 0.5
        numbers = (badge, self._confirmation()) if with_second else (badge,)
        try:
            person = self.try_to_sign_in(name, numbers, address, at)
        except (SecondNumberRequired, TooManyAttempts):
            pass
        else:
            self.outcome.answered += 1
            self.outcome.answered_alone += len(numbers) == 1
            if person is not None and person.badge != attack.own_badge:
                self.outcome.entered.add(person.badge)
        if at + 1 / attack.rate < attack.duration:
            self.at(at + 1 / attack.rate, lambda then: self._guess(attack, guesses, then))
