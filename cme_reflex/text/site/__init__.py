"""What every page, error pages and shared links say."""
