"""What a folder or file offers: every image with a role and a reason, and no doubt is an error."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_offer import (
    FOUR_AXES,
    MOST_FILES,
    NO_SEQUENCE,
    NOT_CHOSEN,
    PREDICTED,
    case_offer,
)
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory, inventory_of
from ccsd_core.storage.cases.overrides import Channel
from ccsd_core.storage.label_maps.segmentation_file import PREDICTION

F, T1, T1C, T2 = Modality


def image(path: Path, shape: tuple[int, ...] = (6, 7, 8), description: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = nib.Nifti1Image(np.ones(shape, np.float32), np.eye(4))
    made.header["descrip"] = description
    nib.save(made, path)
    return path


def roles(offer) -> dict[str, object]:
    return {getattr(i.part, "name", None) or f"#{i.part.index}": i.role for i in offer.images}


@pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)
def test_where_names_are_clear_the_roles_are_those_the_case_is_read_with(brats_case, subset):
    path = brats_case(available=subset).path

    offer, found = case_offer(inventory(path)), choose(inventory(path))

    offered = {i.role: (i.part, i.reason) for i in offer.images}
    read = {m: (s.path, s.reason) for m, s in found.images.items()}
    assert offered == {**read, "labels": (found.labels.path, found.labels.reason)}


def test_headers_are_read_and_data_is_not(brats_case):
    path = brats_case().path
    for file in path.iterdir():
        file.write_bytes(file.read_bytes()[:-200])  # the data's end is cut off

    offer = case_offer(inventory(path))

    assert [i.header.shape for i in offer.images] == [(24, 28, 20)] * 5


def test_two_files_for_one_role_are_both_offered(tmp_path: Path):
    image(tmp_path / "AX T1 first.nii.gz")
    image(tmp_path / "AX T1 second.nii.gz")

    assert set(roles(case_offer(inventory(tmp_path))).values()) == {T1}


def test_what_is_skipped_says_why(tmp_path: Path):
    image(tmp_path / "p_t1.nii")
    image(tmp_path / "p_adc.nii")
    image(tmp_path / "p_seg.nii", description=PREDICTION)

    reasons = {i.part.name: (i.role, i.reason) for i in case_offer(inventory(tmp_path)).images}

    assert reasons["p_adc.nii"] == (None, NO_SEQUENCE)
    assert reasons["p_seg.nii"] == (None, PREDICTED)


@pytest.mark.parametrize(
    ("folder", "reason"), [("p7", "BraTS 2018–2021 names"), ("other", "recognised from file name")]
)
def test_names_are_of_a_published_set_if_they_begin_like_their_folder(tmp_path, folder, reason):
    path = image(tmp_path / folder / "p7_t1.nii")

    assert [i.reason for i in case_offer(inventory(path.parent)).images] == [reason]
    assert [i.reason for i in case_offer(inventory_of([path])).images] == [reason]


def test_a_file_that_is_no_image_is_listed_with_what_is_wrong(tmp_path: Path):
    (tmp_path / "p_t1.nii.gz").write_text("<!doctype html><html>")

    (one,) = case_offer(inventory(tmp_path)).images

    assert one.header is None
    assert one.problem.startswith("p_t1.nii.gz is a web page")


def test_a_decathlon_file_offers_its_channels_and_its_labels(tmp_path: Path):
    path = image(tmp_path / "imagesTr" / "BRATS_001.nii.gz", (6, 7, 8, 4))
    labels = image(tmp_path / "labelsTr" / "BRATS_001.nii.gz")
    stated = {"0": "T2w", "1": "t1gd", "2": "T1w", "3": "FLAIR"}
    (tmp_path / "dataset.json").write_text(json.dumps({"modality": stated}))

    offered = {i.role: i.part for i in case_offer(inventory(path)).images}

    assert offered == {
        T2: Channel(path, 0),
        T1C: Channel(path, 1),
        T1: Channel(path, 2),
        F: Channel(path, 3),
        "labels": labels,
    }


def test_unnamed_channels_wait_for_the_user(tmp_path: Path):
    path = image(tmp_path / "mine_t1.nii.gz", (6, 7, 8, 2))

    for offer in (case_offer(inventory(path)), case_offer(inventory(tmp_path))):
        assert [(i.part, i.role) for i in offer.images] == [
            (Channel(path, 0), None),
            (Channel(path, 1), None),
        ]
        assert offer.images[0].reason == FOUR_AXES
        assert not offer.names_decide


def test_a_time_series_is_one_line_that_cannot_be_used(tmp_path: Path):
    image(tmp_path / "bold.nii", (3, 3, 3, 40))

    (one,) = case_offer(inventory(tmp_path)).images

    assert one.part == tmp_path / "bold.nii"
    assert "40 channels" in one.problem


def test_beside_one_opened_file_the_rest_of_its_folder_can_be_added(brats_case):
    path = brats_case(available=ModalitySubset.parse("T1+T2")).path

    offer = case_offer(inventory(path / f"{path.name}_t1.nii.gz"))

    assert list(roles(offer).values()) == [None, T1, None]
    assert [i.reason for i in offer.images if i.role is None] == [NOT_CHOSEN] * 2


def test_overrides_are_shown_as_such(brats_case, tmp_path: Path):
    path = brats_case().path
    other = image(tmp_path / "elsewhere" / "scan.nii")

    offer = case_offer(inventory(path), {T1: other, T2: None})

    by_part = {i.part: i for i in offer.images}
    assert (by_part[other].role, by_part[other].reason) == (T1, "chosen by user")
    replaced = by_part[path / f"{path.name}_t1.nii.gz"]
    assert (replaced.role, replaced.reason) == (None, "not used: user chose scan.nii")
    left = by_part[path / f"{path.name}_t2.nii.gz"]
    assert (left.role, left.reason, left.by_name) == (None, "not used: excluded by user", T2)


def test_dropped_files_are_offered_alone(brats_case):
    path = brats_case().path
    dropped = [path / f"{path.name}_{end}.nii.gz" for end in ("t2", "flair")]

    offer = case_offer(inventory_of(dropped))

    assert list(roles(offer).values()) == [F, T2]
    assert not offer.names_decide
    assert offer.path == path


def test_a_huge_folder_is_cut_and_says_by_how_much(tmp_path: Path):
    for index in range(MOST_FILES + 3):
        (tmp_path / f"a{index:03}_dwi.nii").touch()
    image(tmp_path / "z_t1.nii")

    offer = case_offer(inventory(tmp_path))

    assert len(offer.images) == MOST_FILES
    assert offer.left_off == 4
    assert roles(offer)["z_t1.nii"] is T1  # what has a role comes first


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(CaseError, match="does not exist"):
        case_offer(inventory(tmp_path / "absent"))
