"""Means, bootstrap intervals and rank agreement over cases."""
