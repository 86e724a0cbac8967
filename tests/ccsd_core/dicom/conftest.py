"""Reading the DICOM studies that tests write, and series without files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def read(dicom_writer):
    """Reads a study to the end; skipped without the libraries, as what it reads is written."""
    from ccsd_core.dicom.study import read_study
    from ccsd_core.progress import drain

    return lambda path, **text: drain(read_study(path, **text))


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
        stated_images: int | None = None,
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
        return Series(label, instances, stack, stated_images, len(instances))

    return make
