"""Attendees and their names."""
