"""Claims and their life cycle (draft, submitted, reopened), receipt numbers and accounts."""
