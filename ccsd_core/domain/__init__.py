"""The nouns of the field as plain values: standard library and numpy, no torch, no files."""
