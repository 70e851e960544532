"""What the pages of a claim say."""
