"""What each post-processing rule does to logits and regions."""

import numpy as np
import torch

from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.domain.region import Region
from ccsd_core.inference.postprocess import (
    processed_logits,
    processed_nested_labels,
    processed_regions,
)

EVERYWHERE = torch.ones(6, 6, 6, dtype=torch.bool)


def regions_of(logits, text: str, *, signal_mask=EVERYWHERE, voxel_ml: float = 1.0):
    return processed_regions(
        logits, Postprocess.parse(text), signal_mask=signal_mask, voxel_ml=voxel_ml
    )


def test_without_rules_each_region_is_where_its_logit_is_positive():
    logits = torch.randn(3, 6, 6, 6)

    assert torch.equal(regions_of(logits, "none"), logits > 0)


def test_nesting_makes_an_inner_voxel_one_of_the_outer_regions_too():
    logits = torch.randn(3, 6, 6, 6)

    whole, core, enhancing = regions_of(logits, "nested")

    assert torch.equal(enhancing, logits[Region.ET] > 0)
    assert torch.equal(core, (logits[1:] > 0).any(0))
    assert torch.equal(whole, (logits > 0).any(0))


def test_nothing_is_marked_where_no_image_shows_anything():
    logits, signal_mask = torch.full((3, 6, 6, 6), 5.0), EVERYWHERE.clone()
    signal_mask[:2] = False

    inside = regions_of(logits, "within_images", signal_mask=signal_mask)

    assert not inside[:, :2].any()
    sensitive = regions_of(logits, "within_images,threshold:WT=0.002", signal_mask=signal_mask)
    assert not sensitive[:, :2].any()
    assert inside[:, 2:].all()


def test_a_threshold_moves_one_region_to_its_probability():
    probability = torch.linspace(0.01, 0.99, 216).reshape(6, 6, 6)
    logits = torch.logit(probability).expand(3, -1, -1, -1).clone()
    before = logits.clone()

    found = regions_of(logits, "threshold:ET=0.7")

    assert torch.equal(found[Region.ET], probability > 0.7)
    assert torch.equal(found[Region.TC], probability > 0.5)
    assert torch.equal(logits, before), "what is given is not changed"


def test_small_parts_and_small_regions_stay_in_the_region_around_them():
    nested_labels = np.zeros((12, 12, 12), np.uint8)
    nested_labels[1:7, 1:7, 1:7] = 1
    nested_labels[2:4, 2:4, 2:4] = 3  # 8 voxels of ET
    nested_labels[10, 10, 10] = 3  # a speck of all regions, apart from the others
    given = nested_labels.copy()

    def after(text: str) -> np.ndarray:
        return processed_nested_labels(
            nested_labels, Postprocess.parse(f"nested,{text}"), voxel_ml=0.1
        )

    without_speck = after("min_component:WT=0.5")
    assert without_speck[10, 10, 10] == 0
    assert np.count_nonzero(without_speck) == 6**3
    assert after("min_component:ET=0.5")[10, 10, 10] == 2
    assert after("min_component:ET=0.5")[2, 2, 2] == 3
    assert np.count_nonzero(after("min_volume:ET=0.85") == 3) == 9
    assert not (after("min_volume:ET=1") == 3).any()
    assert np.count_nonzero(after("min_volume:ET=1") == 2) == 9
    assert np.array_equal(nested_labels, given), "what is given is not changed"


def test_the_default_is_what_every_model_had_before_it_said_so():
    logits, signal_mask = torch.randn(3, 6, 6, 6), torch.rand(6, 6, 6) > 0.5

    found = processed_logits(logits, DEFAULT_POSTPROCESS, signal_mask=signal_mask)

    assert torch.equal(found[:, signal_mask], logits[:, signal_mask])
    assert torch.equal(found[:, ~signal_mask], logits[:, ~signal_mask].clamp(max=-6))
