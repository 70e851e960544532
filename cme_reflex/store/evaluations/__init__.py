"""Tables and queries: evaluations."""
