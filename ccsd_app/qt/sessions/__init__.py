"""Sessions of the window: written by themselves, recovered, saved as a file and opened again."""
