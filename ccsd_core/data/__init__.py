"""Nouns to tensors: normalising, augmenting, drawing synthetic patients."""
