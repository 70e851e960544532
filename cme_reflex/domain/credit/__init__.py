"""Credit arithmetic: amounts, overlap, and the credit that a claim's lines support."""
