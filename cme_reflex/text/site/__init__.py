"""Texts of the page frame, error pages and link previews."""
