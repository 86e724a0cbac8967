"""Two evaluations compared patient by patient, and several seeds."""
