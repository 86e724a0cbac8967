"""Convolutions, norms, and techniques that save their memory and time."""
