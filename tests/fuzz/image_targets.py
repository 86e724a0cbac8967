"""Images: NIfTI headers and bytes, packed ones, NRRD and MetaImage."""

import gzip
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from hypothesis import strategies as st

from ccsd_core.storage.formats import load_channels, load_labels, load_volume, read_header
from tests.fuzz.edits import FLOATS, NUMBERS, damaged
from tests.fuzz.target import Target, all_of

SMALL = (5, 6, 4)


@cache
def nifti_bytes(version: int = 1, dtype: str = "int16", shape: tuple[int, ...] = SMALL) -> bytes:
    kind = nib.Nifti1Image if version == 1 else nib.Nifti2Image
    values = np.random.default_rng(0).integers(0, 5, shape).astype(dtype)
    image = kind(values, np.diag([-1.0, -1.0, 2.0, 1.0]), dtype=dtype)
    return image.to_bytes()


WHOLE = st.builds(
    nifti_bytes,
    st.sampled_from((1, 2)),
    st.sampled_from(("int16", "float32", "uint8", "float64", "complex64", "int8")),
    st.sampled_from((SMALL, (*SMALL, 1), (*SMALL, 3), SMALL[:2], (*SMALL, 1, 2))),
)


@st.composite
def odd_headers(draw: st.DrawFn) -> bytes:
    """A NIfTI file in whose header some fields hold what no scanner writes."""
    version = draw(st.sampled_from((1, 2)))
    size, kind = (348, nib.Nifti1Header) if version == 1 else (540, nib.Nifti2Header)
    whole = nifti_bytes(version, draw(st.sampled_from(("int16", "float32"))))
    header = kind(whole[:size], check=False)
    if draw(st.booleans()):
        header = header.as_byteswapped()
    fields = header.structarr
    names = [name for name in fields.dtype.names if name != "sizeof_hdr"]
    for _ in range(draw(st.integers(1, 4))):
        field = fields[draw(st.sampled_from(names))]
        if field.dtype.kind == "S":
            field[...] = draw(st.sampled_from((b"", b"n+1", b"ni1", b"\xff" * 8, b"n+2\0")))
            continue
        at: Any = tuple(draw(st.integers(0, n - 1)) for n in field.shape)
        if field.dtype.kind in "iu":
            limits = np.iinfo(field.dtype)
            field[at] = np.clip(draw(st.sampled_from(NUMBERS)), limits.min, limits.max)
        else:
            with np.errstate(over="ignore"):
                field[at] = draw(st.sampled_from((*FLOATS, 1.0, -1.0, 1e-9, 1000.0)))
    return header.binaryblock + whole[size:]


@st.composite
def packed(draw: st.DrawFn) -> bytes:
    """A gzip file: damaged when packed, before, or not at all."""
    inside = draw(st.one_of(WHOLE, odd_headers(), WHOLE.flatmap(damaged)))
    whole = gzip.compress(inside, 1, mtime=0)
    return draw(st.one_of(st.just(whole), damaged(whole)))


def _read(path: Path) -> None:
    all_of(
        lambda: read_header(path),
        lambda: load_volume(path),
        lambda: load_channels(path),
        lambda: load_labels(path),
    )


def read_nifti(data: bytes, folder: Path) -> None:
    path = folder / "a_t1.nii"
    path.write_bytes(data)
    _read(path)


@cache
def itk_bytes(ending: str) -> bytes:
    itk = import_module("SimpleITK")
    image = itk.GetImageFromArray(np.arange(60, dtype=np.int16).reshape(3, 4, 5))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        itk.WriteImage(image, str(path))
        return path.read_bytes()


@st.composite
def itk_files(draw: st.DrawFn) -> tuple[str, bytes]:
    ending = draw(st.sampled_from((".nrrd", ".mha")))
    whole = itk_bytes(ending)
    lines = whole.split(b"\n")
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, min(len(lines) - 1, 12)))
        name = lines[at].split(b"=" if ending == ".mha" else b":")[0]
        value = draw(
            st.sampled_from(
                (b"", b"0 0 0", b"-1", b"nan nan nan", b"1e400", b"9 9 9 9", b"LIST", b"x")
            )
        )
        lines[at] = name + (b" = " if ending == ".mha" else b": ") + value
    return ending, draw(damaged(b"\n".join(lines)))


def read_itk(drawn: tuple[str, bytes], folder: Path) -> None:
    path = folder / f"a_t1{drawn[0]}"
    path.write_bytes(drawn[1])
    _read(path)


TARGETS = (
    Target("NIfTI headers", odd_headers(), read_nifti),
    Target("NIfTI bytes", WHOLE.flatmap(damaged), read_nifti),
    Target("packed NIfTI", packed(), read_nifti),
    Target("NRRD and MetaImage", itk_files(), read_itk),
)
