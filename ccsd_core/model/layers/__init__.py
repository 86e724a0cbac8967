"""Convolutions, norms and what saves memory and time in them."""
