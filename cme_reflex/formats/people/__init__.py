"""Conversion of registrations and accounts that other systems export."""
