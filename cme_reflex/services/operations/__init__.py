"""Backup, retention, health and API tokens."""
