"""Films of the window: what they show, the dialog that asks how, and the export."""
