"""Raw studies: scans of a whole head in oblique positions, as files with ground truth."""
