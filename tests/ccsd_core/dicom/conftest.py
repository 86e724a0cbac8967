"""DICOM studies of a tiny head, written as scanners write them, and series without files."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"
SHAPE = (8, 10, 12)
SPACING_MM = (20.0, 18.0, 12.0)


@pytest.fixture(scope="session")
def writer():
    """The module that writes DICOM; the tests that need it are skipped without its libraries."""
    pytest.importorskip("pydicom", reason="pip install 'ccsd[scanner]'")
    pytest.importorskip("dcm2niix", reason="pip install 'ccsd[scanner]'")
    sys.path.insert(0, str(PACKAGING))
    yield importlib.import_module("dicom_writer")
    sys.path.remove(str(PACKAGING))


@pytest.fixture(scope="session")
def head():
    """An array in which no flip goes unnoticed, and an oblique affine with its centre at 0."""
    array = np.random.default_rng(0).integers(0, 4000, SHAPE)
    c, s = np.cos(0.15), np.sin(0.15)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ [[1, 0, 0], [0, c, -s], [0, s, c]]
    affine = np.eye(4)
    affine[:3, :3] = turn * SPACING_MM
    affine[:3, 3] = -affine[:3, :3] @ ((np.asarray(SHAPE) - 1) / 2)
    return array, affine


@pytest.fixture
def write(writer, head, tmp_path) -> Callable[..., list[Path]]:
    """Writes one series of the head below `tmp_path`; anything of it can be said otherwise."""

    def write(where: str = "study", *, person=None, study: str = "study", **said) -> list[Path]:
        said.setdefault("array", head[0])
        said.setdefault("affine", head[1])
        return writer.write_scan(
            tmp_path / where,
            writer.Scan(**said),
            person=writer.Person() if person is None else person,
            study=study,
        )

    return write


@pytest.fixture
def read(writer):
    """Reads a study to the end; skipped without the libraries, as what it reads is written."""
    from ccsd_core.dicom.study import read_study
    from ccsd_core.progress import drain

    return lambda path, **said: drain(read_study(path, **said))


@pytest.fixture
def series():
    """Makes a series of axial slices that only exist as values.

    Words and times as they stand in headers; `slices`, `spacing`, `rows_along` of its stack.
    """
    from ccsd_core.dicom.instance import Acquisition, Instance, Placement
    from ccsd_core.dicom.series import Series
    from ccsd_core.dicom.stack import stack_of
    from ccsd_core.dicom.study_files import StudyFile

    blank = Instance(
        StudyFile("I0", 1, Path("I0")), "I0", "p", "1", "2", "3", "4", "MR", "", "", 1, 1, "", "",
        "", "", Acquisition(), Placement(8, 8),
    )  # fmt: skip

    def make(
        description: str = "",
        label: str = "1",
        *,
        slices: int = 12,
        spacing: tuple[float, float, float] = (20.0, 20.0, 12.0),
        rows_along: tuple[float, ...] = (1, 0, 0, 0, 1, 0),
        start_mm: float = 0.0,
        repeats: int = 1,
        announced: int | None = None,
        acquisition: dict[str, object] | None = None,
        **header: object,
    ) -> Series:
        normal = np.cross(rows_along[:3], rows_along[3:])
        instances = tuple(
            replace(
                blank,
                description=description,
                series_number=int("".join(c for c in label if c.isdigit()) or 0),
                number=k,
                acquisition=Acquisition(**(acquisition or {})),
                placement=Placement(
                    8,
                    8,
                    spacing[:2],
                    spacing[2],
                    rows_along,
                    (tuple(normal * (start_mm + (k // repeats) * spacing[2])),),
                ),
                **header,
            )
            for k in range(slices * repeats)
        )
        stack = stack_of([i.placement for i in instances])
        return Series(label, instances, stack, announced, len(instances))

    return make
