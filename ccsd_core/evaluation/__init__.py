"""Scores, the protocol that collects them over subsets, and the reports that show them."""
