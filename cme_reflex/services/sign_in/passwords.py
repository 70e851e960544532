"""Password verification with argon2id; takes as long for unknown members as for others."""

import asyncio
from base64 import b64encode
from functools import lru_cache
from secrets import token_bytes

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password matches the hash; False without a hash, after the same time."""
    # In a thread, because hashing takes almost a tenth of a second.
    return await asyncio.to_thread(_verify, stored or _dummy_hash(), password)


async def rehash_if_needed(stored: str, password: str) -> str | None:
    """A hash with the current parameters; None if the stored one has them."""
    if not PasswordHasher().check_needs_rehash(stored):
        return None
    return await asyncio.to_thread(PasswordHasher().hash, password)


@lru_cache
def _dummy_hash() -> str:
    # Composed, not computed: the first verification would otherwise take twice as long.
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
