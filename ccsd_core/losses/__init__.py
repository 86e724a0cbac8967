"""Loss functions: of a segmentation, of auxiliary features, of pairs of subsets."""
