"""DICOM studies as case folders: converted once into the user's cache, together with a record.

study (folder, zip, DICOMDIR) ──▶ convert_study ──▶ cache/studies/KEY/ALIAS/
                                                       ├── 5_T2_TSE_tra.nii   one per series
                                                       └── study.json         StudyRecord
"""
