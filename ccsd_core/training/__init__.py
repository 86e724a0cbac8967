"""The training loop and what it needs: configuration, the weighted objective, one step."""
