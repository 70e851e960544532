"""Meetings, their terms and their branding."""
