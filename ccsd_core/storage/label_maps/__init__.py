"""Label maps on disk: writing predictions, and checking expert labels."""
