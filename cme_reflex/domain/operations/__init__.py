"""Retention of records."""
