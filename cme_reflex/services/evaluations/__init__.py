"""Evaluations: answers, and the report of a meeting."""
