"""The commands of `cme` about learner credit reporting."""
