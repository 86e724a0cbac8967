"""The slice views: painting, mouse, and the legend over them."""
