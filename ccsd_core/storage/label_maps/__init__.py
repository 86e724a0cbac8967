"""Label maps on disk: those this program writes, and checks of those of experts."""
