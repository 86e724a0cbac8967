"""Loss functions of segmentations, of auxiliary features, and of pairs of subsets."""
