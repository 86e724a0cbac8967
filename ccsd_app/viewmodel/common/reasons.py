"""Reasons why something cannot be asked for that several view-models give."""

NO_CASE = "No case is open"
