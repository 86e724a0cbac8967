"""Surfaces of the regions as STL, PLY and GLB files."""
