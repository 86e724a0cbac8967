"""What each widget shows and asks for, without Qt: one file per widget."""
