"""A claim: lines, totals, submitting, reopening, exports."""
