"""Paired comparison of two evaluations, and of several seeds."""
