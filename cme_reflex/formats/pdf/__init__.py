"""Certificates and transcripts as PDF."""
