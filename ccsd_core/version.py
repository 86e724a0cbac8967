"""The version of this software: written here once, read by the build and by every output."""

VERSION = "0.1.0"

SOFTWARE = f"ccsd {VERSION}"
"""How files and manifests name us."""
