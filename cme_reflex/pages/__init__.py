"""Pages, one file each: layout only."""
