"""A claim's life: draft, submitted, reopened; receipts; a person's account."""
