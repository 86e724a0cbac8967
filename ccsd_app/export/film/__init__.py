"""Films: MP4, WebM, GIF and numbered slides of the same pictures."""
