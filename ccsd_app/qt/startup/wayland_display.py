"""Checks whether a Wayland display answers, because Qt ends the process if it does not."""

import os
import socket
from pathlib import Path

TIMEOUT_S = 2.0


def wayland_answers(display: str) -> bool:
    """Whether a display's socket can be connected to.

    Args:
        display: As in `$WAYLAND_DISPLAY`: a name in `$XDG_RUNTIME_DIR`, or a path.
    """
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / display  # an absolute path stays
    if not hasattr(socket, "AF_UNIX") or not path.is_absolute():
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT_S)
            connection.connect(str(path))
    except OSError:
        return False
    return True
