"""A run's folder: writing and reading its files."""
