"""Texts of the claim pages."""
