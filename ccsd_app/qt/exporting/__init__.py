"""Exports: menu, dialogs, pictures, animations, and how they are run."""
