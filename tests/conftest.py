"""Fixtures for every test: a small case in any layout, a DICOM study, and real cases, if any."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021, LabelScheme

settings.register_profile("ccsd", deadline=None)  # how long an example takes is no matter of tests
settings.load_profile("ccsd")

SHAPE = (24, 28, 20)
BRATS_AFFINE = np.array([[-1.0, 0, 0, 23], [0, -1, 0, 239], [0, 0, 1, 0], [0, 0, 0, 1]])
"""LPS order, as the BraTS sets are stored."""
HEAD_SHAPE = (8, 10, 12)
HEAD_SPACING_MM = (20.0, 18.0, 12.0)
BRATS2021_NAMES = {
    Modality.FLAIR: "{id}_flair.nii.gz",
    Modality.T1: "{id}_t1.nii.gz",
    Modality.T1C: "{id}_t1ce.nii.gz",
    Modality.T2: "{id}_t2.nii.gz",
    None: "{id}_seg.nii.gz",
}


@dataclass(frozen=True)
class SmallCase:
    """What `brats_case` wrote, to compare with.

    Args:
        path: The folder.
        images: Stored arrays by sequence.
        labels: Stored labels.
        affine: Stored affine.
    """

    path: Path
    images: Mapping[Modality, NDArray[np.float32]]
    labels: NDArray[np.uint8]
    affine: NDArray[np.float64]


CaseWriter = Callable[..., SmallCase]


def small_labels(scheme: LabelScheme) -> NDArray[np.uint8]:
    """Nested blocks, off-centre and of three different extents, so that no flip maps them on
    themselves."""
    regions = np.zeros((3, *SHAPE), bool)
    regions[0, 4:17, 6:20, 3:14] = True
    regions[1, 6:13, 8:17, 5:11] = True
    regions[2, 7:11, 9:15, 6:9] = True
    return scheme.labels(regions)


@pytest.fixture
def brats_case(tmp_path: Path) -> CaseWriter:
    """Write a small case; names, sequences, labels, affine and type can be chosen."""

    def write(
        name: str = "BraTS2021_90001",
        *,
        available: ModalitySubset | None = None,
        names: Mapping[Modality | None, str] = BRATS2021_NAMES,
        scheme: LabelScheme = BRATS2021,
        labels: NDArray[np.generic] | None = None,
        with_labels: bool = True,
        affine: NDArray[np.float64] = BRATS_AFFINE,
        dtype: str = "int16",
        under: Path | None = None,
        seed: int = 0,
    ) -> SmallCase:
        folder = (under or tmp_path) / name
        folder.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(seed)
        tissue = small_labels(scheme) if labels is None else labels
        head = np.zeros(SHAPE, bool)
        head[2:22, 2:26, 1:19] = True
        images = {}
        for modality in available or ModalitySubset.full():
            values = 300 + 40 * modality + 60 * (tissue > 0) + random.normal(0, 10, SHAPE)
            images[modality] = np.where(head, values, 0).round().astype(np.float32)
            image = nib.Nifti1Image(images[modality].astype(dtype), affine)
            nib.save(image, folder / names[modality].format(id=name))
        if with_labels:
            nib.save(nib.Nifti1Image(tissue, affine), folder / names[None].format(id=name))
        return SmallCase(folder, images, tissue, affine)

    return write


@pytest.fixture(scope="session")
def real_cases() -> Path:
    """The folder of real patients beside the repository; the test is skipped without it."""
    folder = Path(__file__).resolve().parents[1] / ".." / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip("the real cases (../shared/cases) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def dicom_writer():
    """The module that writes DICOM; the tests that need it are skipped without its libraries."""
    pytest.importorskip("pydicom", reason="pip install 'ccsd[scanner]'")
    pytest.importorskip("dcm2niix", reason="pip install 'ccsd[scanner]'")
    return importlib.import_module("ccsd_core.dicom.synthetic.writer")


@pytest.fixture(scope="session")
def dicom_head():
    """An array in which no flip goes unnoticed, and an oblique affine with its centre at 0."""
    array = np.random.default_rng(0).integers(0, 4000, HEAD_SHAPE)
    c, s = np.cos(0.15), np.sin(0.15)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ [[1, 0, 0], [0, c, -s], [0, s, c]]
    affine = np.eye(4)
    affine[:3, :3] = turn * HEAD_SPACING_MM
    affine[:3, 3] = -affine[:3, :3] @ ((np.asarray(HEAD_SHAPE) - 1) / 2)
    return array, affine


@pytest.fixture
def write_series(dicom_writer, dicom_head, tmp_path) -> Callable[..., list[Path]]:
    """Writes one series of the head below `tmp_path`; anything of it can be said otherwise."""

    def write(where: str = "study", *, person=None, study: str = "study", **text) -> list[Path]:
        text.setdefault("array", dicom_head[0])
        text.setdefault("affine", dicom_head[1])
        return dicom_writer.write_scan(
            tmp_path / where,
            dicom_writer.Scan(**text),
            person=dicom_writer.Person() if person is None else person,
            study=study,
        )

    return write
