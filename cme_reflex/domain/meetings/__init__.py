"""A meeting and its terms."""
