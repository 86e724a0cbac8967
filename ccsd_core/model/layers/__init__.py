"""Convolutions and norms, and techniques that save memory and time."""
