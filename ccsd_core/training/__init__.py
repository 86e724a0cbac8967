"""The training loop, with its configuration, the weighted objective and the optimiser step."""
