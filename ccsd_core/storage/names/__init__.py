"""Interpreting names: which sequence a file is, which patient a case is of."""
