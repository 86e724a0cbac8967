"""The view-models, without Qt: what each widget shows and does, one file per widget."""
