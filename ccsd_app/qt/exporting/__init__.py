"""Exports: menu, dialogs, pictures, films, and how they are run."""
