"""Published tables, and our scores next to them."""
