"""The only package that imports PySide6: widgets that draw view-models and forward input."""
