"""A study as it left the scanner: which series it holds, what each is, and their volumes.

path ──▶ study_files ──▶ header of each file ──▶ instance ──▶ grouping ──▶ series
                                                                         │
volume ◀── convert (dcm2niix) ◀── selection (best of several) ◀── recognition

Headers are read by pydicom without pixels, volumes are made by dcm2niix in a temporary folder.
Nothing is written into the patient's folder, and nothing that names the patient is kept.
"""
