"""NRRD and MetaImage files, as 3D Slicer and ITK-SNAP write them, read by SimpleITK."""
