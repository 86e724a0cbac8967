"""Segmenting one case or a folder of cases, for the command line and for the window's batch."""
