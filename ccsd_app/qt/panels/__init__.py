"""The panels, toolbars and tables around the views."""
