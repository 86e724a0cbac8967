"""Paths of bundled files: in a checkout's `resources/`, or inside an installed wheel.

The first of the two that contains the file is used:

    checkout (also editable install)     wheel
    ├── resources/…                      └── ccsd_core/
    └── ccsd_core/                           └── _resources/…   the same files
"""

from pathlib import Path

from ccsd_core.errors import FailedError

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


class MissingResourceError(FailedError):
    """A bundled file is missing."""


def resource(*parts: str) -> Path:
    """The path of a bundled file or folder.

    Args:
        parts: Path below `resources/`, one name each: `resource("models", "light")`.

    Raises:
        MissingResourceError: If it is missing: the installation is incomplete.
    """
    candidates = [root.joinpath(*parts) for root in _ROOTS]
    for path in candidates:
        if path.exists():
            return path
    looked = " and ".join(str(path) for path in candidates)
    raise MissingResourceError(
        f"bundled file {'/'.join(parts)!r} is missing (looked for {looked}): install the software "
        "again"
    )


def guide() -> Path:
    """The folder of the user guide: `docs/guide/` in a checkout, among the resources in a wheel.

    Raises:
        MissingResourceError: If it is missing because the installation is incomplete.
    """
    checkout = _PACKAGE.parent / "docs" / "guide"
    return checkout if checkout.is_dir() else resource("guide")
