"""Members' passwords: argon2id, in a thread, and in the same time whether there is one or not."""

import asyncio
from base64 import b64encode
from functools import lru_cache
from secrets import token_bytes

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether this is the password; without a stored hash it never is, and takes as long."""
    # Hashing takes a good part of a tenth of a second: not on everybody's event loop.
    return await asyncio.to_thread(_verify, stored or _dummy_hash(), password)


async def rehash_if_needed(stored: str, password: str) -> str | None:
    """The hash with the parameters of today; None where the stored one has them."""
    if not PasswordHasher().check_needs_rehash(stored):
        return None
    return await asyncio.to_thread(PasswordHasher().hash, password)


@lru_cache
def _dummy_hash() -> str:
    # Written, not computed: a first stranger would otherwise wait for two.
    hasher = PasswordHasher()
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, value = (
        b64encode(token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${costs}${salt}${value}"


def _verify(stored: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
