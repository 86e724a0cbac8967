"""Unpacking, against the standard library's."""

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.storage.nifti import gunzip
from ccsd_core.storage.nifti.gunzip import Gunzip

PIECES = st.lists(st.binary(max_size=400), min_size=1, max_size=4)


def unpacked(packed: bytes, size: int = -1) -> bytes:
    stream = io.BufferedReader(Gunzip(io.BytesIO(packed)), 64)
    parts = []
    while part := stream.read(size):
        parts.append(part)
    return b"".join(parts)


@pytest.fixture(params=[7, 1 << 20])
def piece(request, monkeypatch):
    monkeypatch.setattr(gunzip, "PIECE_BYTES", request.param)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("size", [-1, 1, 50])
@given(members=PIECES, padding=st.integers(0, 30))
def test_members_come_out_as_the_standard_library_gives_them(size, members, padding):
    packed = b"".join(map(gzip.compress, members)) + b"\0" * padding
    assert unpacked(packed, size) == gzip.decompress(packed) == b"".join(members)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("kept", [3, 12, 40, -9, -1])
def test_a_stream_that_is_cut_off_is_noticed(kept):
    packed = gzip.compress(bytes(range(256)) * 20)
    with pytest.raises(EOFError):
        unpacked(packed[:kept])


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize("place", [20, -6, -2])
def test_a_damaged_stream_is_noticed(place):
    packed = bytearray(gzip.compress(bytes(range(256)) * 20))
    packed[place] ^= 0xFF
    with pytest.raises(zlib.error):
        unpacked(bytes(packed))


def test_what_follows_and_is_no_member_is_damage():
    with pytest.raises(zlib.error):
        unpacked(gzip.compress(b"good") + b"trailing words")
