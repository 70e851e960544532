"""Claim CME credit after a medical meeting."""

__version__ = "0.1.0"
