"""A DICOM study from the scanner: its series, the sequence of each, and their volumes.

path ──▶ study_files ──▶ header of each file ──▶ instance ──▶ grouping ──▶ series
                                                                         │
volume ◀── convert (dcm2niix) ◀── selection (best of several) ◀── recognition

pydicom reads the headers without pixels, and dcm2niix makes volumes in a temporary folder. Nothing
is written into the patient's folder, and nothing that identifies the patient is kept.
"""
