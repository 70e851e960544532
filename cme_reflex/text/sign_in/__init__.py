"""What signing in says."""
