"""Checks of a meeting folder that reading it does not need."""
