"""Drawing a scene in 3-D with pyvista, without Qt."""
