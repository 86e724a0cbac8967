"""What several view-models share: announcing changes, reasons, words for states."""
