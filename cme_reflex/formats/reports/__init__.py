"""Export files: claims, evaluations, PARS."""
