"""Page layout: shell, header, cards, skeletons, connection status."""
