"""Components of a claim: lines, totals, conflicts, questions, session list."""
