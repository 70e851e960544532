"""Tables and queries: operations."""
