"""Lengths, diameters and regions of interest, measured in millimetres."""
