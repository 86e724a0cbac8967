"""The dialog that trains a model, and its child processes."""
