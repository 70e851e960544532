"""Registrations and accounts as other systems export them."""
