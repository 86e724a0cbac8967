"""Recognising which sequence a series is from its headers, with the reason in a sentence."""
