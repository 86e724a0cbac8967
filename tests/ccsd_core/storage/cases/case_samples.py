"""How the files of cases are named in these tests, and what the tests of reading share."""

from pathlib import Path

import nibabel as nib
import numpy as np

from ccsd_core.domain.modality import Modality

F, T1, T1C, T2 = Modality
BRATS2018 = {
    F: "{id}_flair.nii",
    T1: "{id}_t1.nii",
    T1C: "{id}_t1ce.nii",
    T2: "{id}_t2.nii",
    None: "{id}_seg.nii",
}
GLI = {
    F: "{id}-t2f.nii.gz",
    T1: "{id}-t1n.nii.gz",
    T1C: "{id}-t1c.nii.gz",
    T2: "{id}-t2w.nii.gz",
    None: "{id}-seg.nii.gz",
}
OWN = {
    F: "AX T2 FLAIR.nii.gz",
    T1: "AX T1.nii.gz",
    T1C: "AX T1 +C.nii.gz",
    T2: "AX T2.nii.gz",
    None: "tumour label.nii.gz",
}


def assert_read(case, written) -> None:
    """The case holds what was written, seen from the patient."""
    assert case.grid.is_canonical
    for modality, stored in written.images.items():
        assert (case.volumes[modality].array == stored[::-1, ::-1]).all()
    assert (case.reference.array == written.labels[::-1, ::-1]).all()


def labels_of(*values: int) -> np.ndarray:
    labels = np.zeros((24, 28, 20), np.uint8)
    for position, value in enumerate(values):
        labels[5 + position, 5, 5] = value
    return labels


def msd_case(root: Path, name: str = "BRATS_001.nii.gz") -> Path:
    (root / "imagesTr").mkdir(parents=True, exist_ok=True)
    (root / "labelsTr").mkdir(exist_ok=True)
    image = np.zeros((6, 7, 8, 4))
    image[1:-1, 1:-1, 1:-1] = image[0, 0, 0] = (10.0, 20.0, 30.0, 40.0)
    nib.save(nib.Nifti1Image(image.astype(np.float32), np.eye(4)), root / "imagesTr" / name)
    labels = np.zeros((6, 7, 8), np.uint8)
    labels[1, 1, 1], labels[2, 2, 2], labels[3, 3, 3] = 1, 2, 3
    nib.save(nib.Nifti1Image(labels, np.eye(4)), root / "labelsTr" / name)
    return root / "imagesTr" / name
