"""Reading and writing: image files, case folders, weights; nothing is computed here."""
