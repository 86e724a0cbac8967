"""Which sequence an image looks like, told from its voxels alone.

volume ──▶ features ──▶ classifier (a small network, numpy) ──▶ doubts: where name and voxels differ
"""
