"""The shared libraries of the system that the window needs, and the packages that contain them.

The wheels of Qt and VTK contain nearly all they need; these few come from the distribution. Qt's
own message about a missing one is "could not load the Qt platform plugin", without a name.
"""

import ctypes
import sys

PACKAGE_OF: dict[str, str] = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
"""Debian and Ubuntu package by library. `packaging/system-packages.sh` installs the same."""


def missing_packages() -> list[str]:
    """Debian or Ubuntu packages of the missing libraries; empty on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in PACKAGE_OF.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
