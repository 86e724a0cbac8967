"""Published tables, and our scores beside them."""
