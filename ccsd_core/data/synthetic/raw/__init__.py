"""Raw studies: a whole head, scanned askew, as files with the truth."""
