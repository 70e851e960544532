"""Meetings: loading of folders, and branding."""
