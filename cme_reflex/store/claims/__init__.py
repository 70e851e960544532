"""Tables and queries of claims, and the feed of submitted versions."""
