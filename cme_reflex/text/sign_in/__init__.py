"""Texts of the sign-in pages."""
