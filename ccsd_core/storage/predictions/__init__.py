"""Label maps predicted by other programs."""
