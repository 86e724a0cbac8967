"""Numbers derived from the table of subsets."""
