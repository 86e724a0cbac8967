"""The panel that degrades a sequence."""
