"""What the 3-D view shows: surfaces, planes, the camera's pose."""
