"""Reasons why a control is disabled that several view-models give."""

NO_CASE = "No case is open"
