"""Learner credit reporting to ACCME's PARS."""
