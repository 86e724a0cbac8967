"""Interpreting names: the sequence of a file, the patient of a case."""
