"""From cases to tensors: normalisation, augmentation, and synthetic patients."""
