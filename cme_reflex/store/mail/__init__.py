"""Table and queries of the mail queue."""
