"""Buttons, labels, colours and drawing helpers that all parts of the window share."""
