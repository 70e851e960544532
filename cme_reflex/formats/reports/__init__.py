"""Files that leave: claims, evaluations, PARS."""
