"""What evaluations say."""
