"""Images of a meeting folder: logos and signatures."""
