"""One function for one intention; owns the transaction and the audit line."""
