"""The commands of `cme` about meetings and their folders."""
