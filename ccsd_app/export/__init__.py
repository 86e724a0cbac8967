"""Exports what the window shows to files, each with its provenance; without Qt."""
