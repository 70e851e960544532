"""What learner credit reporting says."""
