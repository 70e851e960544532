"""The commands of `cme` about e-mail."""
