"""The main window: its layout, its keys and the dialogs that it opens."""
