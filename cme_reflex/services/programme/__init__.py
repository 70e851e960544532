"""The programmes of this process."""
