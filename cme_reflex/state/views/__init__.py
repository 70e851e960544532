"""View models, and the functions that make them from the domain."""
