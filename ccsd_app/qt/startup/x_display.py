"""Whether an X display answers: Qt ends the whole process where it does not.

Checked with the library that Qt itself uses; if that is missing, Qt reports it.
"""

import ctypes

LIBRARY = "libxcb.so.1"


def answers(display: str) -> bool | None:
    """Whether a display can be connected to; None if the library is missing.

    Args:
        display: As in `$DISPLAY`: `:0`, `localhost:10.0`.
    """
    try:
        xcb = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
