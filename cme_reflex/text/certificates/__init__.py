"""Texts of the certificate and account pages."""
