"""Timings of the engine and of the window (ccsd-app bench)."""
