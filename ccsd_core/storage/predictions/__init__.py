"""Label maps that other programs predicted."""
