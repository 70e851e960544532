"""What a page reacts to."""
