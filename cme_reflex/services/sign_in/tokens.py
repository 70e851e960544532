"""Tokens that a browser or a letter holds, and what is kept of them here."""

import hashlib
import secrets

TOKEN_BYTES = 32  # 256 bits that nobody guesses


def new_token() -> str:
    """A token, in letters, digits, - and _."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored: of 256 random bits one round of SHA-256 keeps the secret."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
