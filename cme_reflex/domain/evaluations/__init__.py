"""The forms of evaluations, and their answers counted."""
