"""Writing DICOM series of made-up studies, with headers as scanners give them."""
