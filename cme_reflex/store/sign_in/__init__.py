"""Tables and queries of sign-ins, links and rate-limit counters."""
