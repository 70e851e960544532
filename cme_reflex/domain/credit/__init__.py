"""Credit arithmetic: amounts, overlap, and what a claim's lines support."""
