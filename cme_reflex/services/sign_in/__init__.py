"""Authentication: sign-in, sign-out, sessions, links and rate limits."""
