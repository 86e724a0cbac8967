"""`ccsd-app synth` makes cases."""

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.storage.cases.case_folder import load_case


def test_synthetic_cases_are_whole_labelled_and_listed(command, tmp_path):
    result = command("synth", tmp_path / "cases", "--cases", "1", "--seed", "7", "--spacing", "4")

    assert result.code == 0, result.err
    (folder,) = result.out.split()
    case = load_case(tmp_path / "cases" / folder.rpartition("/")[2])
    assert case.available == ModalitySubset.full()
    assert case.reference is not None
    assert case.grid.spacing_mm == pytest.approx((4, 4, 4))
