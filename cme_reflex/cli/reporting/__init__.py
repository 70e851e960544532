"""Commands for learner credit reporting."""
