"""Encode a case once, decode it for any subset."""
