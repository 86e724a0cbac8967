"""Label maps state the images they were made from."""

import numpy as np

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.label_maps.segmentation_file import save_labels
from ccsd_core.storage.label_maps.source_digest import images_line, is_of_other_images


def test_a_map_of_other_images_is_recognised_and_one_that_shares_an_image_is_not(
    brats_case, tmp_path
):
    case = load_case(brats_case("a").path)
    volume = case.grid
    other = load_case(brats_case("b").path)
    other.grid.array[...] = volume.array + 1
    for m in other.volumes:
        other.volumes[m].array[...] = case.volumes[m].array + 1
    out = tmp_path / "a.nii.gz"
    labels = volume.with_array(np.zeros(volume.shape, np.uint8))
    save_labels(out, labels, case.stored, comment=images_line(case))

    assert not is_of_other_images(out, case)
    assert not is_of_other_images(out, case.restricted_to(ModalitySubset.parse("T2")))
    assert is_of_other_images(out, other)


def test_a_map_that_says_nothing_of_its_images_is_not_called_another(brats_case, tmp_path):
    case = load_case(brats_case().path)
    labels = case.grid.with_array(np.zeros(case.grid.shape, np.uint8))
    save_labels(tmp_path / "a.nii.gz", labels, case.stored)

    assert not is_of_other_images(tmp_path / "a.nii.gz", case)
