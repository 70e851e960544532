"""Tables and queries: people."""
