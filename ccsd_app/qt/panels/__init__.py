"""The panels, bars and tables around the views."""
