"""View-models of the 3-D view."""
