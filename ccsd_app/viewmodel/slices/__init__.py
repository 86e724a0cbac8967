"""View-models of the slice views and their legend."""
