"""Learner credit reporting: what ACCME's PARS needs, and holds."""
