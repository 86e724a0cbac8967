"""Every published layout, as it is downloaded, and a folder of one's own: found, opened, right.

data/
├── 2018/{HGG,LGG}/Brats18_*/*.nii            1 2 4
├── 2020/BraTS20_Training_{001,355}/          1 2 4, one label file with an odd name
├── 2021/BraTS2021_*/                         1 2 4
├── 2023/BraTS-GLI-*/                         1 2 3
├── 2024/BraTS-GLI-*/                         1 2 3, 4 is the resection cavity
├── Task01_BrainTumour/{images,labels}Tr/     2 1 3, four channels in one file
└── own/…/                                    1 2 4, sequences are missing
"""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch

from ccsd_core.data.dataset import CaseSet, open_cases
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021, BRATS2023, BRATS2024, MSD, LabelScheme
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import find_cases

F, T1, T1C, T2 = Modality
NII = {F: "{id}_flair.nii", T1: "{id}_t1.nii", T1C: "{id}_t1ce.nii", T2: "{id}_t2.nii"}
BRATS2018_NAMES = {**NII, None: "{id}_seg.nii"}
CASE_355_NAMES = {**NII, None: "W39_1998.09.19_Segm.nii"}
GLI_NAMES = {
    F: "{id}-t2f.nii.gz",
    T1: "{id}-t1n.nii.gz",
    T1C: "{id}-t1c.nii.gz",
    T2: "{id}-t2w.nii.gz",
    None: "{id}-seg.nii.gz",
}
OWN_NAMES = {
    F: "AX FLAIR.nii.gz",
    T1: "AX T1.nii.gz",
    T1C: "AX T1 +C.nii.gz",
    T2: "AX T2.nii.gz",
    None: "tumour seg.nii.gz",
}
TASK01 = {
    "name": "BRATS",
    "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
    "labels": {
        "0": "background",
        "1": "edema",
        "2": "non-enhancing tumor",
        "3": "enhancing tumour",
    },
}

SCHEMES: dict[str, LabelScheme] = {
    "Brats18_CBICA_AAB_1": BRATS2021,
    "Brats18_TCIA09_141_1": BRATS2021,
    "BraTS20_Training_001": BRATS2021,
    "BraTS20_Training_355": BRATS2021,
    "BraTS2021_00002": BRATS2021,
    "BraTS-GLI-00005-000": BRATS2023,
    "BraTS-GLI-02143-101": BRATS2024,
    "BRATS_001": MSD,
    "one": BRATS2021,
    "two": BRATS2021,
    "three": BRATS2021,
}
SUBSETS = {
    "one": ModalitySubset.parse("FLAIR"),
    "two": ModalitySubset.parse("T1c+T2"),
    "three": ModalitySubset.parse("FLAIR+T1+T1c"),
}
UNLABELLED = ("BRATS_009", "BraTS20_Validation_001")


@pytest.fixture
def data(brats_case, tmp_path: Path) -> Path:
    data = tmp_path / "data"
    for name, grade in (("Brats18_CBICA_AAB_1", "HGG"), ("Brats18_TCIA09_141_1", "LGG")):
        brats_case(name, under=data / "2018" / grade, names=BRATS2018_NAMES)
    brats_case("BraTS20_Training_001", under=data / "2020", names=BRATS2018_NAMES)
    brats_case("BraTS20_Training_355", under=data / "2020", names=CASE_355_NAMES)
    brats_case("BraTS20_Validation_001", under=data / "2020", with_labels=False)
    (data / "2020" / "name_mapping.csv").write_text("Grade,BraTS_2017_subject_ID\n")
    brats_case("BraTS2021_00002", under=data / "2021", dtype="float32")
    brats_case("BraTS-GLI-00005-000", under=data / "2023", names=GLI_NAMES, scheme=BRATS2023)
    brats_case(
        "BraTS-GLI-02143-101",
        under=data / "2024",
        names=GLI_NAMES,
        labels=with_cavity(brats_case("draft", scheme=BRATS2024).labels),
    )
    write_task01(data / "Task01_BrainTumour", brats_case("msd", scheme=MSD))
    for name, subset in SUBSETS.items():
        brats_case(name, under=data / "own" / "deep", names=OWN_NAMES, available=subset)
    return data


def with_cavity(labels: np.ndarray) -> np.ndarray:
    """Where the resection was: beside the tumour, and in its oedema."""
    labels = labels.copy()
    labels[18:20, 6:10, 4:8] = 4
    labels[15:17, 6:8, 4:8] = 4
    return labels


def write_task01(folder: Path, written) -> None:
    for name in ("imagesTr", "labelsTr", "imagesTs"):
        (folder / name).mkdir(parents=True)
    (folder / "dataset.json").write_text(json.dumps(TASK01))
    channels = np.stack([written.images[m] for m in Modality], axis=-1)
    image = nib.Nifti1Image(channels, written.affine)
    nib.save(image, folder / "imagesTr" / "BRATS_001.nii.gz")
    nib.save(image, folder / "imagesTs" / "BRATS_009.nii.gz")
    labels = nib.Nifti1Image(written.labels, written.affine)
    nib.save(labels, folder / "labelsTr" / "BRATS_001.nii.gz")


def in_patient_order(stored: np.ndarray, shape: torch.Size) -> torch.Tensor:
    """A stored (LPS) array as the network sees it: RAS, padded to the box."""
    turned = torch.from_numpy(stored[..., ::-1, ::-1, :].copy())
    return torch.nn.functional.pad(
        turned,
        [p for n, m in zip(shape[::-1], stored.shape[::-1], strict=False) for p in (0, n - m)],
    )


@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_every_layout_is_found_and_opened_with_the_right_regions(data, brats_case, tmp_path, cache):
    cases: CaseSet = drain(
        open_cases(
            find_cases(data), spacing_mm=1.0, cache=cache, cache_dir=tmp_path / "c", workers=2
        )
    )

    assert set(cases.ids) == set(SCHEMES)
    assert set(cases.skipped) == set(UNLABELLED)
    for i, name in enumerate(cases.ids):
        case, scheme = cases[i], SCHEMES[name]
        written = brats_case(f"again {i}", scheme=scheme, available=SUBSETS.get(name))
        labels = with_cavity(written.labels) if scheme is BRATS2024 else written.labels
        shape = case.regions.shape[1:]
        expected = in_patient_order(scheme.regions(labels), shape)
        assert torch.equal(case.regions, expected), name
        assert case.regions.flatten(1).any(1).all(), name
        subset = SUBSETS.get(name, ModalitySubset.full())
        assert [m for m in Modality if cases.present[i, m]] == list(subset), name
        for modality, stored in written.images.items():
            head = in_patient_order(stored, shape) != 0
            assert torch.equal(case.images[modality] != 0, head), (name, modality)
            ranks = np.corrcoef(case.images[modality][head].numpy().astype(float),
                                in_patient_order(stored, shape)[head].numpy())  # fmt: skip
            assert ranks[0, 1] > 0.97, f"{name}: {modality.label} is another sequence"
