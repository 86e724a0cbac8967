"""The engine: everything that knows the method, and nothing that knows a window."""
