"""Checks whether an X display answers, because Qt ends the process if it does not.

It uses the same library as Qt; if that is missing, Qt reports it.
"""

import ctypes

LIBRARY = "libxcb.so.1"


def x_answers(display: str) -> bool | None:
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
