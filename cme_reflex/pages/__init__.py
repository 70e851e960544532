"""One file a page: what stands where, nothing else."""
