"""Conversion of programmes from other systems' formats to sessions.csv."""
