"""Certificates, transcripts and the check of a receipt number."""
