"""The 3-D view and its tools."""
