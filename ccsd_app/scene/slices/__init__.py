"""What a slice view shows: image, viewport, window and level."""
