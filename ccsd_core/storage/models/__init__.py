"""Weight files, their manifests and scores."""
