"""Writing DICOM series of synthetic studies, with headers as scanners give them."""
