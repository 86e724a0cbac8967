"""What runs in the inference process: commands, the open case, and the work on it."""
