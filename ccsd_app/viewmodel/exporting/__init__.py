"""View-models of exports."""
