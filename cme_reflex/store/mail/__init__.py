"""Tables and queries: mail."""
