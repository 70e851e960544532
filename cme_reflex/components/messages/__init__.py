"""Notices and errors."""
