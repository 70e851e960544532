"""Texts of learner credit reporting."""
