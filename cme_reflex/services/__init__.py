"""Services: one function per use case, which owns the transaction and the audit entry."""
