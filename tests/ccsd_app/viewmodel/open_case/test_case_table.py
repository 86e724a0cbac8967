"""The case table: what its rows say, what keeps a case from being opened, what is said by hand."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_app.scene.slices.preview import ImagePreview
from ccsd_app.viewmodel.open_case.case_table import (
    CaseTable,
    case_table,
    grid_text,
    overrides_for,
    scheme_text,
)
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021, BRATS2023, BRATS2024, MSD
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_offer import case_offer
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory, inventory_of
from ccsd_core.storage.cases.not_opened import not_opened
from ccsd_core.storage.cases.overrides import Channel, LabelFile

F, T1, T1C, T2 = Modality


def image(path: Path, shape: tuple[int, ...] = (6, 7, 8), spacing: float = 1) -> Path:
    affine = np.diag([spacing, spacing, spacing, 1])
    nib.save(
        nib.Nifti1Image(np.arange(np.prod(shape), dtype=np.float32).reshape(shape), affine), path
    )
    return path


def states(table: CaseTable) -> dict[Modality, str]:
    return {row.role: row.state for row in table.rows if isinstance(row.role, Modality)}


@pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)
def test_every_sequence_is_present_or_missing_in_the_data(brats_case, subset):
    table = case_table(case_offer(inventory(brats_case(available=subset).path)), {})

    wanted = {m: "present" if m in subset else "missing" for m in Modality}
    assert states(table) == wanted
    assert table.problem == ""
    assert table.notes == ()


def test_a_sequence_excluded_by_the_user_is_distinguished_from_a_missing_one(brats_case):
    path = brats_case(available=ModalitySubset.parse("FLAIR+T2")).path

    table = case_table(case_offer(inventory(path)), {}, withheld=[T2])

    assert states(table) == {
        F: "present",
        T1: "missing",
        T1C: "missing",
        T2: "withheld",
    }


def test_a_row_names_file_size_spacing_and_reason(brats_case):
    path = brats_case().path

    row = case_table(case_offer(inventory(path)), {}).rows[0]

    assert row.name == f"{path.name}_flair.nii.gz"
    assert row.grid == "24 × 28 × 20, 1 × 1 × 1 mm"
    assert row.reason == "BraTS 2018–2021 names"
    assert row.choices == (F, T1, T1C, T2, "labels", None)


def test_untouched_there_are_no_overrides(brats_case):
    assert overrides_for(case_offer(inventory(brats_case().path)), {}) == {}


@pytest.mark.parametrize("subset", ModalitySubset.every()[:-1], ids=str)
def test_the_overrides_open_what_the_table_shows(brats_case, subset):
    path = brats_case().path
    offer = case_offer(inventory(path))
    unused = {i.part: None for i in offer.images if i.role in set(subset)}

    found = choose(inventory(path), overrides_for(offer, unused))

    assert found.images.keys() == set(Modality) - set(subset)
    again = case_table(case_offer(inventory(path), overrides_for(offer, unused)), {})
    assert states(again) == states(case_table(offer, unused))


def test_two_files_that_are_swapped_are_read_swapped(brats_case):
    path = brats_case().path
    offer = case_offer(inventory(path))
    parts = {i.role: i.part for i in offer.images}
    swapped = {parts[T1]: T1C, parts[T1C]: T1}

    message = overrides_for(offer, swapped)

    assert message == {T1: parts[T1C], T1C: parts[T1]}
    reasons = {row.role: row.reason for row in case_table(offer, swapped).rows}
    assert reasons[T1] == reasons[T1C] == "chosen by user"
    assert reasons[T2] == "BraTS 2018–2021 names"


def test_a_choice_taken_back_is_no_choice(brats_case):
    offer = case_offer(inventory(brats_case().path))
    part = offer.images[0].part

    assert overrides_for(offer, {part: offer.images[0].role}) == {}


def test_two_files_for_one_sequence_are_both_named_until_one_is_set_aside(tmp_path):
    first, second = image(tmp_path / "AX T1 a.nii"), image(tmp_path / "AX T1 b.nii")
    with pytest.raises(CaseError):
        choose(inventory(tmp_path))
    offer = case_offer(inventory(tmp_path))

    doubtful = case_table(offer, {})

    assert doubtful.problem.startswith(
        "AX T1 a.nii and AX T1 b.nii are both assigned to T1: keep one"
    )
    assert [row.doubtful for row in doubtful.rows if row.part] == [True, True]
    assert case_table(offer, {first: None}).problem == ""
    assert overrides_for(offer, {first: None}) == {T1: second}
    assert (
        choose(inventory(tmp_path), overrides_for(offer, {first: None})).images[T1].path == second
    )


def test_without_any_sequence_it_cannot_be_opened(brats_case):
    offer = case_offer(inventory(brats_case().path))
    labels_only = {i.part: None for i in offer.images if i.role != "labels"}

    assert case_table(offer, labels_only).problem.startswith("No file is assigned to a sequence")


def test_a_file_that_cannot_be_read_may_only_be_left_out(tmp_path):
    image(tmp_path / "p_t1.nii")
    (tmp_path / "p_t2.nii").write_text("<html>")
    offer = case_offer(inventory(tmp_path))

    broken = case_table(offer, {})

    assert broken.problem.startswith("p_t2.nii is a web page")
    assert states(broken)[T2] == "cannot be used"
    unused = {tmp_path / "p_t2.nii": None}
    assert case_table(offer, unused).problem == ""
    assert load_case(tmp_path, files=overrides_for(offer, unused)).available == ModalitySubset.of(
        T1
    )


def test_another_grid_is_reported_as_on_reading(tmp_path):
    image(tmp_path / "p_flair.nii")
    image(tmp_path / "p_t1.nii")
    image(tmp_path / "p_t2.nii", (3, 4, 4), spacing=2)

    (note,) = case_table(case_offer(inventory(tmp_path)), {}).notes

    assert note.startswith("p_t2.nii (T2): 3 × 4 × 4 voxels instead of 6 × 7 × 8, 2 × 2 × 2 mm")
    assert "resampled to the first sequence (FLAIR)" in note
    (notes,) = load_case(tmp_path).notes[:1]
    assert notes.startswith("T2 (p_t2.nii) was resampled to the first sequence")


def test_channels_are_rows_that_cannot_be_labels(tmp_path):
    path = image(tmp_path / "BRATS_001.nii.gz", (6, 7, 8, 4))

    rows = case_table(case_offer(inventory(path)), {}).rows

    assert [row.name for row in rows] == [f"BRATS_001.nii.gz · channel {i}" for i in range(4)]
    assert [row.role for row in rows] == list(Modality)
    assert all("labels" not in row.choices for row in rows)


def test_channels_named_by_the_user_are_opened_so_from_the_file_and_from_its_folder(tmp_path):
    path = image(tmp_path / "mine_t1.nii.gz", (6, 7, 8, 2))
    chosen = {Channel(path, 0): T2, Channel(path, 1): F}

    for opened in (path, tmp_path):
        offer = case_offer(inventory(opened))
        assert case_table(offer, {}).problem
        case = load_case(opened, files=overrides_for(offer, chosen))
        assert case.available == ModalitySubset.of(F, T2)


def test_a_folder_around_one_decathlon_file_is_opened_as_the_table_shows_it(tmp_path):
    path = image(tmp_path / "BRATS_001.nii.gz", (6, 7, 8, 4))
    with pytest.raises(CaseError, match="give one file"):
        choose(inventory(tmp_path))
    offer = case_offer(inventory(tmp_path))

    assert case_table(offer, {}).problem == ""
    found = choose(inventory(tmp_path), overrides_for(offer, {}))

    assert found.channels == {F: 0, T1: 1, T1C: 2, T2: 3}
    assert {source.path for source in found.images.values()} == {path}


def test_dropped_files_are_all_overrides(brats_case):
    path = brats_case().path
    dropped = [path / f"{path.name}_{end}.nii.gz" for end in ("t2", "flair")]

    message = overrides_for(case_offer(inventory_of(dropped)), {})

    assert message == {F: dropped[1], T1: None, T1C: None, T2: dropped[0], "labels": None}


def test_a_file_of_another_folder_shows_which(tmp_path):
    (tmp_path / "imagesTr").mkdir()
    (tmp_path / "labelsTr").mkdir()
    path = image(tmp_path / "imagesTr" / "BRATS_001.nii.gz", (6, 7, 8, 4))
    image(tmp_path / "labelsTr" / "BRATS_001.nii.gz")

    names = [row.name for row in case_table(case_offer(inventory(path)), {}).rows]

    assert names[-1] == "labelsTr/BRATS_001.nii.gz"


def test_the_range_of_values_stands_under_the_size_once_it_is_known(brats_case):
    row = case_table(case_offer(inventory(brats_case().path)), {}).rows[0]
    seen = ImagePreview(np.zeros((2, 2), np.uint8), (1.0, 1.0), (-0.5, 32767.0))

    assert grid_text(row, None) == row.grid
    assert grid_text(row, seen) == f"{row.grid}\nvalues -0.5 to 32,767"


def test_schemes_are_shown_with_the_meaning_of_their_numbers():
    assert scheme_text(BRATS2021) == "brats2021: 1 necrosis, 2 oedema, 4 enhancing"
    assert scheme_text(BRATS2024) == "brats2024: 1 necrosis, 2 oedema, 3 enhancing, 4 no tumour"
    assert scheme_text(MSD) == "msd: 1 oedema, 2 necrosis, 3 enhancing"


def test_stating_the_label_scheme_is_the_only_override(brats_case):
    path = brats_case().path
    offer = case_offer(inventory(path))
    labels = path / f"{path.name}_seg.nii.gz"

    message = overrides_for(offer, {}, BRATS2023)

    assert message == {"labels": LabelFile(labels, BRATS2023)}
    again = case_offer(inventory(path), message)
    assert again.scheme is BRATS2023
    (image,) = (one for one in again.images if one.role == "labels")
    (named,) = (one for one in offer.images if one.role == "labels")
    assert (image.part, image.reason) == (
        labels,
        f"{named.reason}; label scheme chosen by user",
    )


def test_a_file_that_cannot_be_read_is_marked_until_it_is_not_used(brats_case):
    path = brats_case().path
    offer, broken = case_offer(inventory(path)), path / f"{path.name}_t1.nii.gz"

    def row(role):
        table = case_table(offer, {broken: role}, unreadable={broken: "cut off in the middle"})
        return next(row for row in table.rows if row.part == broken)

    used, unused = row(Modality.T1), row(None)

    assert (used.state, used.doubtful) == ("cannot be used", False)
    assert used.hint.startswith("cut off in the middle")
    assert (unused.state, unused.hint) == ("", "")


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside others"])
def test_of_dropped_files_the_table_and_the_case_say_the_same(tmp_path, beside):
    dropped = image(tmp_path / "p_t1.nii")
    if beside:
        image(tmp_path / "p_t2.nii")
    offer = case_offer(inventory_of([dropped]))

    rows = {row.role: row.state for row in case_table(offer, {}).rows}

    left = {T2} if beside else set()
    assert choose(inventory(offer.path), overrides_for(offer, {})).not_opened == left
    assert [m for m in Modality if rows[m] == "not opened"] == sorted(left)
    assert not_opened(case_offer(inventory(tmp_path)).claims, {T1: dropped}) == left
