"""The commands of `cme` about evaluations."""
