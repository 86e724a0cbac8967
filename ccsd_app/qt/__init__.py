"""The only package that imports PySide6: widgets that draw view-models and pass on input."""
