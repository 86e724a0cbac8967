"""The synthetic patient that comes with the software, for a first look without any data."""

from pathlib import Path

from ccsd_core.storage.resources import MissingResourceError, resource


def demo_case() -> Path:
    """The folder of the bundled case.

    Raises:
        MissingResourceError: If none came with this installation.
    """
    folders = sorted(path for path in resource("demo").iterdir() if path.is_dir())
    if not folders:
        raise MissingResourceError(
            f"{resource('demo')} contains no case: install the software again, or give a case"
        )
    return folders[0]
