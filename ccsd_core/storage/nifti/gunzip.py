"""Unpacking gzip in large pieces, so that several files are unpacked in parallel.

`gzip.GzipFile` of Python 3.11 unpacks 8 kB at a time and takes the interpreter's lock in between:
two threads are then hardly faster than one. zlib itself checks sum and length of each member.
"""

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE_BYTES = 1 << 20
"""Packed bytes that are read at a time."""
GZIP_WINDOW = 31
"""zlib's `wbits` for the largest window with a gzip header and trailer."""


class Gunzip(io.RawIOBase):
    """The unpacked bytes of a gzip stream, members one after another.

    Args:
        packed: Positioned at the first member.

    Raises:
        EOFError: If the stream ends within a member (when reading).
        zlib.error: If it is damaged (when reading).
    """

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._member = zlib.decompressobj(GZIP_WINDOW)
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        found = self._unpack(len(view)) if len(view) else b""
        view[: len(found)] = found
        return len(found)

    def _unpack(self, most: int) -> bytes:
        """Unpack at least one byte, or none at the end."""
        while True:
            if self._member.eof and not self._next_member():
                return b""
            packed = self._waiting or self._packed.read(PIECE_BYTES)
            found = self._member.decompress(packed, most)
            self._waiting = self._member.unconsumed_tail
            if found:
                return found
            if not packed and not self._member.eof:
                raise EOFError("the stream ends within a gzip member")

    def _next_member(self) -> bool:
        """Continue after a member's end; zeros after the last one are padding."""
        rest = self._member.unused_data.lstrip(b"\0")
        while not rest:
            piece = self._packed.read(PIECE_BYTES)
            if not piece:
                return False
            rest = piece.lstrip(b"\0")
        self._member = zlib.decompressobj(GZIP_WINDOW)
        self._waiting = rest
        return True
