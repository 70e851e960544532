"""Loading meetings, and what a meeting brings to the screens."""
