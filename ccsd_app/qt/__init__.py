"""The only folder that knows PySide6: widgets that draw and ask, and never decide."""
