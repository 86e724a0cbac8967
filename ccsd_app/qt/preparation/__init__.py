"""Widgets that show how a raw case was prepared, and change it."""
