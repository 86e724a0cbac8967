"""Which sequence an image looks like, recognised from its voxels alone.

volume ──▶ features ──▶ classifier (a small network, numpy) ──▶ doubts: where name and voxels differ
"""
