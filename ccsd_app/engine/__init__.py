"""Couples the session to what takes time: reading a case and inference."""
