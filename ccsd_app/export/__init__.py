"""Files of what the window shows, each with where it came from; without Qt."""
