"""Writing synthetic raw studies, to test the preparation: as scanner exports, with ground truth.

    OUT/Synthetic_raw_00005/            the study: NIfTI files, or one folder of DICOM files per
    series
    OUT/truth/Synthetic_raw_00005/      labels and brain on each sequence, and the head's poses

The truth is in a separate folder, because otherwise its labels would be read with the study.
"""

import json
from collections.abc import Collection
from enum import Enum
from importlib import import_module
from pathlib import Path

import numpy as np

from ccsd_core.data.synthetic.patient import HEALTHY, check_share
from ccsd_core.data.synthetic.raw.raw_study import RawStudy, brain_in, draw_raw_study, labels_in
from ccsd_core.data.synthetic.writer import SUFFIX, new_folders
from ccsd_core.dicom.libraries import pydicom
from ccsd_core.domain.modality import Modality
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.models.checkpoint import replaced_folder
from ccsd_core.storage.nifti.writer import write_array

PREFIX = "Synthetic_raw_"
TRUTH = "truth"
VENDORS = ("siemens", "ge", "philips")
THIN_MM = 1.5
"""Thinner slices mean a 3-D acquisition."""


class Form(Enum):
    """File format of a raw study."""

    NIFTI = "nifti"
    DICOM = "dicom"


def write_raw_studies(
    out: Path,
    *,
    count: int,
    seed: int,
    form: Form,
    spacing_mm: float = 1.0,
    healthy: float = HEALTHY,
    sequences: Collection[Modality] = tuple(Modality),
) -> Steps[list[Path]]:
    """Write `count` studies into `out`; study i depends only on `seed` + i.

    Args:
        out: Folder for the study folders; created if missing.
        count: Number of studies.
        seed: Seed of the first study; each following one uses the next.
        form: File format.
        spacing_mm: Edge of the head's voxels in mm before it is scanned.
        healthy: Probability of a patient without tumour.
        sequences: Sequences to write.

    Raises:
        BadInputError: If `count` is not positive, a folder exists already, or `healthy` is not a
            probability.
        MissingLibraryError: If DICOM is requested and pydicom is not installed.
        ResourceError: If a file cannot be written.
    """
    check_share("healthy", healthy)
    if form is Form.DICOM:
        pydicom()
    folders = new_folders(out, PREFIX, count=count, seed=seed)
    truths = new_folders(out / TRUTH, PREFIX, count=count, seed=seed)
    for i, (folder, truth) in enumerate(zip(folders, truths, strict=True)):
        yield Progress(i, count, f"generating {folder.name}")
        study = draw_raw_study(seed + i, spacing_mm=spacing_mm, healthy=healthy)
        _write_truth(truth, study, sequences)
        with replaced_folder(folder) as new:  # so that an incomplete study never looks complete
            if form is Form.DICOM:
                _write_dicom(new, study, sequences, seed=seed + i)
            else:
                for m in sequences:
                    image = study.images[m]
                    write_array(new / f"{SUFFIX[m]}.nii.gz", image.array, image.world_from_voxel)
    yield Progress(count, count, "all written")
    return folders


def _write_dicom(
    folder: Path, study: RawStudy, sequences: Collection[Modality], *, seed: int
) -> None:
    """Write a series per sequence in the style of one vendor, with an invented patient name."""
    writer = import_module("ccsd_core.dicom.synthetic.writer")  # it needs pydicom
    person = writer.Person(f"Synthetic^Patient {seed}", f"SYN-{seed:05d}")
    for number, m in enumerate(sorted(sequences), 2):
        image = study.images[m]
        scan = writer.Scan(
            image.array,
            image.world_from_voxel,
            m.label,
            number,
            VENDORS[seed % len(VENDORS)],
            "3D" if max(image.spacing_mm) < THIN_MM else "2D",
            _plane(image.spacing_mm),
        )
        place = folder / f"series{number:02d}"
        writer.write_scan(place, scan, person=person, study=f"raw study {seed}")


def _plane(spacing_mm: tuple[float, float, float]) -> str:
    """Slice plane of a canonical volume: perpendicular to its longest voxel edge."""
    return ("sagittal", "coronal", "axial")[int(np.argmax(np.round(spacing_mm, 3)))]


def _write_truth(folder: Path, study: RawStudy, sequences: Collection[Modality]) -> None:
    with replaced_folder(folder) as new:
        for m in sorted(sequences):
            image = study.images[m]
            for name, array in (
                ("labels", labels_in(study, m, image)),
                ("brain", brain_in(study, m, image).astype(np.uint8)),
            ):
                write_array(new / f"{name}_on_{m.label}.nii.gz", array, image.world_from_voxel)
        poses = {m.label: study.world_from_head[m].tolist() for m in sorted(sequences)}
        text = json.dumps({"world_from_head": poses}, indent=1) + "\n"
        (new / "poses.json").write_text(text, encoding="utf-8")
