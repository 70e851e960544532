"""Texts of evaluations."""
