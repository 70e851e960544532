"""Claims and their life cycle, proof of credit, receipt numbers and accounts."""
