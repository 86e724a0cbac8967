"""Cases that a run cannot use are reported before it divides the cases and before it reads one."""

import shutil

import pytest

from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_folder import find_cases
from ccsd_core.training.usable import select_usable
from tests.ccsd_core.training.tiny_run import changed


@pytest.fixture
def mine(data, tmp_path):
    """A copy of the three patients that a test may spoil, and a way to their files."""
    shutil.copytree(data, tmp_path / "mine")

    def file_of(number: int, ending: str):
        (found,) = (tmp_path / "mine" / f"Synthetic_000{number}").glob(f"*{ending}")
        return found

    return tmp_path / "mine", file_of


def test_a_case_without_labels_is_skipped_with_a_note_and_not_used(mine):
    folder, file_of = mine
    file_of(20, "_seg.nii.gz").unlink()
    halves = changed(data={"hold_out": ()}, validation={"every": 2, "fraction": 0.5})

    for config in (halves, changed(data={"hold_out": ("Synthetic_00020",)})):
        chosen = select_usable(config, find_cases(folder))

        used = {path.name for path in (*chosen.training, *chosen.validation)}
        assert used == {"Synthetic_00021", "Synthetic_00022"}
        assert chosen.notes == ("skipped Synthetic_00020: it has no expert labels",)


def test_chosen_cases_that_cannot_be_opened_are_named_together_and_held_out_ones_are_not(mine):
    folder, file_of = mine
    file_of(20, "_t1.nii.gz").write_bytes(b"no image")
    file_of(21, "_seg.nii.gz").write_bytes(b"no image")
    cases = find_cases(folder)

    with pytest.raises(CaseError, match=r"2 of 3 .*Synthetic_00020.*Synthetic_00021.*hold_out"):
        select_usable(changed(), cases)
    both = changed(data={"hold_out": ("Synthetic_00020", "Synthetic_00021")})
    assert [path.name for path in select_usable(both, cases).training] == ["Synthetic_00022"]


def test_a_folder_without_any_labels_is_refused(mine):
    folder, file_of = mine
    for number in (20, 21, 22):
        file_of(number, "_seg.nii.gz").unlink()
    with pytest.raises(CaseError, match="none of the 3 cases has expert labels"):
        select_usable(changed(), find_cases(folder))
