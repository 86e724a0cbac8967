"""Files of two examinations in one folder are used together only with a note."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory


@pytest.mark.parametrize(
    ("names", "points"),
    [
        (("P1_20190101_T1", "P1_20190101_FLAIR", "P1_20210505_T2"), "20190101, 20210505"),
        (("study1_T1", "study2_T2"), "study1, study2"),
        (("t1_baseline", "t2_followup"), "baseline, followup"),
        (("P1_20190101_T1", "P1_20190101_T2"), None),
        (("BraTS20_00120190_t1", "BraTS20_00120190_t2"), None),
        (("study1_T1", "T2"), None),
    ],
    ids=str,
)
def test_sequences_of_several_dates_or_visits_are_used_with_a_note(tmp_path, names, points):
    for name in names:
        nib.save(
            nib.Nifti1Image(np.zeros((4, 4, 4), np.uint8), np.eye(4)), tmp_path / f"{name}.nii"
        )

    notes = [n for n in choose(inventory(tmp_path)).notes if "dates or visits" in n]

    if points is None:
        assert notes == []
    else:
        (note,) = notes
        assert f"({points})" in note
        assert f"{names[-1]}.nii" in note
