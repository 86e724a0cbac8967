"""Which sequence an image looks like, recognised from its voxels alone.

volume ──▶ features ──▶ classifier (a small network, numpy) ──▶ mismatches of name and voxels
"""
