"""Overlap, surface and lesion metrics of one segmentation."""
