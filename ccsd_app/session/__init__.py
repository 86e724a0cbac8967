"""What the user is doing, as values: no Qt, no VTK, no torch."""
