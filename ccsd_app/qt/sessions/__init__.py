"""Sessions of the window: saved automatically, restored, saved as a file and opened again."""
