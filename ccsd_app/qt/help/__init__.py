"""The Help menu, the sheet of keys and the About dialog."""
