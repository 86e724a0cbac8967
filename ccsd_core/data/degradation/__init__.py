"""Degrading sequences of one case: corruptions in any severity, several at once, and the dose."""
