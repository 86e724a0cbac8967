"""Reading, checking, resampling and writing NIfTI files."""
