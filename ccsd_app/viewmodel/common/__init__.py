"""Shared by several view-models: derived values, and texts for states, provenance, reasons."""
