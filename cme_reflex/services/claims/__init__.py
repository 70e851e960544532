"""Claims: lines, totals, submission, reopening, reminders and exports."""
