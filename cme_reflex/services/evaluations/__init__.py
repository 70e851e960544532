"""Evaluations: saving answers, and the report of a meeting."""
