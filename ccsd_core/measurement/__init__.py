"""Lengths, diameters and regions of interest, measured in the millimetres of the patient."""
