"""Opening a case: menu, file dialog, drag and drop, the table of files."""
