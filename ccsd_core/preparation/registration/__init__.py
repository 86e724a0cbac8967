"""Rigid registration of a sequence onto the reference, with a check of the result."""
