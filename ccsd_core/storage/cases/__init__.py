"""Which file of a folder is which sequence or label map of which patient."""
