"""A made-up raw study: a head around the brain, scanned askew, and the truth of it."""

import numpy as np
import pytest

from ccsd_core.data.synthetic.raw.raw_study import RawStudy, brain_in, draw_raw_study
from ccsd_core.domain.modality import Modality

COARSE_MM = 4.0


@pytest.fixture(scope="module")
def study() -> RawStudy:
    return draw_raw_study(3, spacing_mm=COARSE_MM)


def test_each_sequence_has_a_grid_and_a_pose_of_its_own(study: RawStudy):
    assert len({image.shape for image in study.images.values()}) == len(Modality)
    moved = study.motion(Modality.T1, Modality.T2)
    assert 0.1 < np.linalg.norm(moved - np.eye(4)) < 60
    np.testing.assert_allclose(study.motion(Modality.T1, Modality.T1), np.eye(4), atol=1e-9)
    assert all(image.is_canonical for image in study.images.values())


def test_the_brain_lies_where_the_truth_says(study: RawStudy):
    for m, image in study.images.items():
        inside = brain_in(study, m, image)
        litres = inside.sum() * image.voxel_ml / 1000
        assert 0.8 < litres < 2.2, m
        air = np.median(image.array[:3])
        assert np.median(image.array[inside]) > 5 * air, m


def test_there_is_a_head_around_the_brain(study: RawStudy):
    image = study.images[Modality.T1]
    bright = image.array > 0.3 * np.median(image.array[brain_in(study, Modality.T1, image)])
    brain = brain_in(study, Modality.T1, image).sum()
    assert bright.sum() > 1.5 * brain
