"""Training runs: their folders, read while they grow, and the list of recent ones."""
