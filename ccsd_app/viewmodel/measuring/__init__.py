"""Measuring on the slices: setting points, the list, and the rows of a table."""
