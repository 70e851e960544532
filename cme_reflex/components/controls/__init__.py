"""Buttons, fields and forms."""
