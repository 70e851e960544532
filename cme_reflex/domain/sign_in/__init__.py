"""Sign-in: rate limits and password policy."""
