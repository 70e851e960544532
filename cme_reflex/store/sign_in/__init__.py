"""Tables and queries: sign in."""
