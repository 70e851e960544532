"""Signing in: rate limits and passwords."""
