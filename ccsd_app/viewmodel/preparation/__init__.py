"""View-models of the preparation of a raw case."""
