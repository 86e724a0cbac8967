"""View-models of the panels, toolbars and tables around the views."""
