"""View-models of the panels, bars and tables around the views."""
