"""View-models of segmenting a folder of cases."""
