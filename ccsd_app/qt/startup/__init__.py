"""Starting Qt and the window: on a display, or off-screen for files."""
