"""Claims and their life cycle, attestation, proof of credit, receipt numbers and accounts."""
