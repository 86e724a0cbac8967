"""Rigid registration of a sequence onto the reference: the search, and whether to believe it."""
