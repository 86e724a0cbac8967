"""View-models of the dialog that trains a model."""
