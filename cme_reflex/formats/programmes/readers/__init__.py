"""Readers of the formats in which programmes are published."""
