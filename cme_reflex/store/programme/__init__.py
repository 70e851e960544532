"""Tables and queries: programme."""
