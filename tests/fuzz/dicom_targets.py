"""DICOM: elements with values no standard allows, damaged bytes, damaged zips."""

import importlib
import io
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ccsd_core.dicom.selection import select
from ccsd_core.dicom.study import read_study
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_place import is_dicom_study
from tests.fuzz.edits import damaged
from tests.fuzz.target import Target, all_of


@cache
def series(enhanced: bool) -> tuple[bytes, ...]:
    """The files of a small series with a patient's name."""
    import tempfile

    writer = importlib.import_module("ccsd_core.dicom.synthetic.writer")
    array = np.random.default_rng(0).integers(0, 4000, (8, 9, 3))
    scan = writer.Scan(array, np.diag([20.0, 18.0, 12.0, 1.0]), enhanced=enhanced)
    with tempfile.TemporaryDirectory() as folder:
        paths = writer.write_scan(Path(folder), scan, person=writer.Person())
        return tuple(path.read_bytes() for path in sorted(paths))


VALUES = st.sampled_from(
    (
        *("", " ", "0", "-1", "1e400", "nan", "\\", "1\\2", "1\\2\\3\\4\\5\\6", "9" * 40, "abc"),
        *("a\\b\\c", "\0", "é", "ORIGINAL\\PRIMARY", "20261131", "999999.99", "1.2.3", "x" * 300),
        *("0\\0\\0\\0\\0\\0", "1e308\\1e308", "MR", "CT", "Mustermann^Erika", "inf\\-inf\\0"),
    )
)


@st.composite
def odd_series(draw: st.DrawFn) -> tuple[bytes, ...]:
    """A series in one of whose files some elements hold odd values, or none."""
    import pydicom

    files = list(series(draw(st.booleans())))
    at = draw(st.integers(0, len(files) - 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(io.BytesIO(files[at]))
        for _ in range(draw(st.integers(1, 4))):
            _spoil(draw, dataset)
        buffer = io.BytesIO()
        try:
            dataset.save_as(buffer, enforce_file_format=False)
        except Exception:  # noqa: BLE001 — pydicom does not write every value; then it is no input
            return tuple(files)
    files[at] = buffer.getvalue()
    return tuple(files)


def _spoil(draw: st.DrawFn, dataset: Any) -> None:
    from pydicom.dataelem import DataElement
    from pydicom.multival import MultiValue

    if not len(dataset):
        return
    element = dataset[draw(st.sampled_from(sorted(dataset.keys())))]
    if element.VR == "SQ" and len(element.value) and draw(st.booleans()):
        _spoil(draw, draw(st.sampled_from(list(element.value))))
        return
    if draw(st.integers(0, 4)) == 0:
        del dataset[element.tag]
        return
    text = draw(VALUES)
    vr = draw(st.sampled_from((element.VR, "LO", "UN", "OB")))
    value: Any = text.encode() if vr in ("UN", "OB", "OW") else text
    if vr in ("US", "SS", "UL", "SL", "FD", "FL", "AT", "SQ"):
        vr, value = "LO", text
    del dataset[element.tag]
    made = DataElement(element.tag, "LO", "", already_converted=True)
    made.VR, made._value = vr, value
    assert MultiValue
    dataset[element.tag] = made


def read_files(files: tuple[bytes, ...], folder: Path) -> None:
    for number, data in enumerate(files):
        (folder / f"I{number}.dcm").write_bytes(data)
    is_dicom_study(folder)
    _select(folder)


def read_one(data: bytes, folder: Path) -> None:
    read_files((data, *series(enhanced=False)[1:]), folder)


@cache
def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(series(enhanced=False)):
            archive.writestr(f"study/I{number}", data)
    return buffer.getvalue()


def read_zip(data: bytes, folder: Path) -> None:
    path = folder / "study.zip"
    path.write_bytes(data)
    all_of(lambda: is_dicom_study(path), lambda: _select(path))


def _select(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # pydicom's, about values it does not like
        study = drain(read_study(path))
        select(study.series)


TARGETS = (
    Target("DICOM headers", odd_series(), read_files),
    Target("DICOM bytes", st.booleans().flatmap(lambda e: damaged(series(e)[0])), read_one),
    Target("zipped studies", damaged(_zip()), read_zip),
)
