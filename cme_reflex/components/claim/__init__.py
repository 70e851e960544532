"""Pieces of a claim."""
