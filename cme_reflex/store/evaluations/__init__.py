"""Table of evaluation answers."""
