"""Queries for certificates and accounts."""
