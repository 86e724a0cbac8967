"""A training's settings and how they are read."""
