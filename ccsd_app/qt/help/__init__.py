"""The Help menu, the keys dialog and the About dialog."""
