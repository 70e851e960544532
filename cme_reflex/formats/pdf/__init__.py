"""Certificates and transcripts as PDF files."""
