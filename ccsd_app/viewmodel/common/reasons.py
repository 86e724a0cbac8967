"""Reasons why something cannot be asked for that several view-models give."""

NO_CASE = "no case is open"
