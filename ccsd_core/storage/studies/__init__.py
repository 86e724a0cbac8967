"""DICOM studies as case folders: converted once into the user's cache, and what was found in them.

study (folder, zip, DICOMDIR) ──▶ convert_study ──▶ cache/studies/KEY/ALIAS/
                                                       ├── 5_T2_TSE_tra.nii   one a series
                                                       └── study.json         StudyRecord
"""
