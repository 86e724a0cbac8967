"""Degrading a sequence: its sliders and the curve over severity."""
