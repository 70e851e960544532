"""Members' passwords: verification with argon2id, and rejection of new ones that are guessable.

Verification takes as long for unknown members as for others. zxcvbn compares a new password with
lists of 30,000 passwords from breaches, of words and names, with keyboard sequences, repetitions
and dates, and estimates how many guesses an attacker needs. NIST SP 800-63B, 5.1.1.2, asks for such
a comparison when a password is set.
"""

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from secrets import token_bytes

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import get_default_parameters
from zxcvbn import zxcvbn

from cme_reflex.domain.sign_in.password_policy import PasswordGuessable, validate_password

MIN_GUESSES = 10**10  # zxcvbn's highest score: protects a slow hash that an attacker has
# Below this, a password of another system is not taken over: the limits of sign-ins allow an
# attacker some thousand guesses a month, but not a million.
MIN_GUESSES_TO_TAKE_OVER = 10**6
# Characters that are examined, because zxcvbn takes up to 0.4 s for 40, and more than a second for
# 72. A password whose beginning is hard to guess is hard to guess.
EXAMINED_LENGTH = 40

PARAMETERS = get_default_parameters()  # of new hashes; a former one is replaced at a sign-in
MAX_THREADS = 2
MAX_WAITING = 40  # passwords at once: all of them are verified within some seconds

_waiting: Counter[str] = Counter()


class TooManyVerifications(Exception):
    """So many passwords wait to be verified that this one would wait for seconds."""


@contextmanager
def place_in_queue(address: str) -> Iterator[None]:
    """Hold one of the places of those who wait for a verification, at the client's address.

    An address has at most half of the places that others have left: 20 are one's own, two have 30,
    and there is one left for the next. Raises TooManyVerifications.
    """
    others = _waiting.total() - _waiting[address]
    if 2 * _waiting[address] >= MAX_WAITING - others:
        raise TooManyVerifications
    _waiting[address] += 1
    try:
        yield
    finally:
        _waiting[address] -= 1
        if not _waiting[address]:
            del _waiting[address]


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password matches the hash; False without a hash, after the same time.

    Passwords have threads of their own, because hashing takes almost a tenth of a second, and who
    floods the site with them must not keep the events of others waiting.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_executor(), _verify, stored or _dummy_hash(), password)


async def rehash_if_needed(stored: str, password: str) -> str | None:
    """A hash with the current parameters; None if the stored one has them."""
    if not _hasher().check_needs_rehash(stored):
        return None
    return await hash_password(password)


async def hash_password(password: str) -> str:
    """A hash of a new password, made in a thread, because it takes almost a tenth of a second."""
    return await asyncio.to_thread(_hasher().hash, password)


async def require_strong_password(password: str, personal_words: Sequence[str]) -> None:
    """Raise InvalidPassword for a password that the policy or its strength excludes."""
    validate_password(password, personal_words=personal_words)
    # In a thread, because it takes between one and hundreds of milliseconds.
    if await asyncio.to_thread(estimate_guesses, password, personal_words) < MIN_GUESSES:
        raise PasswordGuessable


def estimate_guesses(password: str, personal_words: Sequence[str] = ()) -> float:
    """The number of guesses that an attacker needs who knows the personal words."""
    words = [word for word in personal_words if word]
    return float(zxcvbn(password[:EXAMINED_LENGTH], user_inputs=words)["guesses"])


def is_guessed_first(password: str, personal_words: Sequence[str] = ()) -> bool:
    """Whether a password of another system is too easy to guess to be taken over."""
    return estimate_guesses(password, personal_words) < MIN_GUESSES_TO_TAKE_OVER


@lru_cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="password")


@lru_cache
def _dummy_hash() -> str:
    # Composed, not computed: the first verification would otherwise take twice as long.
    hasher = _hasher()
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, value = (
        b64encode(token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${costs}${salt}${value}"


def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(PARAMETERS)


def _verify(stored: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
