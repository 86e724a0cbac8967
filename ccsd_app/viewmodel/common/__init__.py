"""What several view-models share: derived values, texts for states, provenance and reasons."""
