"""Damaged `.npz` files: numpy and zipfile raise many types of error on them."""

import struct
import tokenize
import zipfile
import zlib

DAMAGED_ARCHIVE: tuple[type[Exception], ...] = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error),
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError),
    RuntimeError,  # a file in it is encrypted, or compressed in a way that zipfile does not know
    *(tokenize.TokenError, SyntaxError),  # the header of an array
)
"""What reading an `.npz` file and its arrays may raise if the file is damaged."""
