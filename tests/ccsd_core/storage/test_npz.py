"""Damaged `.npz` files, as a long run of `make fuzz` found them."""

import io
import struct

import numpy as np
import pytest

from ccsd_core.storage.npz import DAMAGED_ARCHIVE


def archive() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, T1=np.zeros((2, 2, 2), np.uint8))
    return buffer.getvalue()


def with_central(offset: int, value: int) -> bytes:
    """An archive with another number (16 bits) in its directory."""
    data = bytearray(archive())
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + offset, value)
    return bytes(data)


DAMAGED = {
    "encrypted": with_central(8, 1),
    "compression that zipfile does not know": with_central(10, 97),
    "of a later version of zip": with_central(6, 127),
    "header of the array is no Python": archive().replace(b"(2, 2, 2)", b"(2, (2, 2"),
    "truncated": archive()[:150],
    "nothing": b"",
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_what_a_damaged_archive_raises_is_known(data):
    with pytest.raises(DAMAGED_ARCHIVE), np.load(io.BytesIO(data)) as arrays:
        _ = arrays["T1"]
