"""Tables and queries of learner credit reporting."""
