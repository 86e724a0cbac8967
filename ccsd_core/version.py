"""The version of this software: written here once, read by the build and by every output."""

PROGRAM = "ccsd"
VERSION = "0.1.0"


def software_version() -> str:
    """The name of this software in files and manifests: `ccsd 0.1.0`."""
    return f"{PROGRAM} {VERSION}"
