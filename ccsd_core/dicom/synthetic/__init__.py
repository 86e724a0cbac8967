"""Writing DICOM series of synthetic studies, with headers like those of scanners."""
