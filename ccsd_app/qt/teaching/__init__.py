"""Guided tour and "Guess first"."""
