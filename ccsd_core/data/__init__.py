"""From cases to tensors: normalising, augmenting, drawing synthetic patients."""
