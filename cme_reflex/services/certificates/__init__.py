"""Certificates, transcripts and the verification of receipt numbers."""
