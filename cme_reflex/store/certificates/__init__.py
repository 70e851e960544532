"""Queries of certificates and accounts."""
