"""Bytes to nouns and back: image files, case folders, weights; nothing here computes."""
