"""The layouts of cases on disk; `label_scheme` defines what their labels mean.

BraTS 2018–2021   X/X_{flair,t1,t1ce,t2,seg}.nii(.gz)        labels brats2021
BraTS 2023–2024   X/X-{t2f,t1n,t1c,t2w,seg}.nii(.gz)         labels brats2023 or brats2024
MSD Task01        imagesTr/BRATS_*.nii.gz (4-D), labelsTr/   labels msd
DICOM study       a converted study with its study.json      no labels
nnU-Net           imagesTr/CASE_0000 … (3-D), labelsTr/      labels as dataset.json states
other names       any words that name a sequence             labels not stated

A layout that is recognised by the endings of names is an entry of `PUBLISHED`; others (MSD and
nnU-Net by their folders, a converted study by its record) are recognised in `claims`.
"""

import enum
from collections.abc import Mapping

from ccsd_core.storage.names.name_table import BRATS2021, BRATS2023, Endings


class Layout(enum.Enum):
    """The layout of a case on disk; the value is its display name."""

    BRATS2021 = "BraTS 2018–2021 names"
    BRATS2023 = "BraTS 2023–2024 names"
    MSD = "MSD Task01 layout"
    STUDY = "DICOM study"
    NNUNET = "nnU-Net layout"
    OWN = "other names"


PUBLISHED: Mapping[Layout, Endings] = {Layout.BRATS2021: BRATS2021, Layout.BRATS2023: BRATS2023}
"""The layouts that are recognised by the endings of names, in the order in which they are tried."""
