"""Credit types and credit of sessions in a meeting folder: reading, faults, warnings, figures."""
