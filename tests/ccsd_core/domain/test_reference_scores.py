"""What is said of subsets from which a model finds little, region by region."""

from dataclasses import replace

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.reference_scores import WEAK_DICE, ReferenceScores, weak_text
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.case_folder import load_case

FULL = ModalitySubset.full()
LESS = [pytest.param(s, id=str(s)) for s in ModalitySubset.every() if s != FULL]


def good_but(subset: ModalitySubset, **dice: float) -> ReferenceScores:
    """0.9 everywhere, other means from one subset."""
    means = {s: dict.fromkeys(Region, 0.9) for s in ModalitySubset.every()}
    means[subset] |= {Region[name]: mean for name, mean in dice.items()}
    return ReferenceScores(7, True, means)


@pytest.mark.parametrize("region", Region, ids=lambda region: region.name)
@pytest.mark.parametrize("subset", LESS)
def test_caution_is_advised_of_the_region_whose_mean_says_so(subset, region):
    reference_scores = good_but(subset, **{region.name: WEAK_DICE - 0.12})

    assert reference_scores.weak_regions(subset) == (region,)
    assert reference_scores.warning(subset) == (
        f"With {subset.label} the model performs poorly: mean Dice {region.name} 0.38, "
        "7 test patients"
    )
    others = [s for s in ModalitySubset.every() if s != subset]
    assert all(reference_scores.warning(other) == "" for other in others)


def test_several_weak_regions_are_named_together():
    reference_scores = good_but(ModalitySubset.parse("T1"), WT=0.3, ET=0.1)

    assert "performs poorly: mean Dice WT 0.30, ET 0.10" in reference_scores.warning(
        ModalitySubset.parse("T1")
    )
    assert (
        weak_text(reference_scores.weak_regions(ModalitySubset.parse("T1")))
        == "low mean Dice for WT, ET"
    )


def test_a_model_that_is_weak_from_everything_says_so_of_everything():
    means = {s: dict.fromkeys(Region, WEAK_DICE - 0.01) for s in ModalitySubset.every()}
    reference_scores = ReferenceScores(7, True, means)
    assert all(
        reference_scores.weak_regions(subset) == tuple(Region) for subset in ModalitySubset.every()
    )
    assert weak_text(reference_scores.weak_regions(FULL)) == "low mean Dice"


def test_the_patients_of_a_mean_are_named_beside_one_of_them(brats_case):
    mine, other = load_case(brats_case("mine").path), load_case(brats_case("other").path)
    reference_scores = replace(
        good_but(FULL), patients_with={Region.WT: 7, Region.ET: 6}, ids={"mine"}
    )
    assert (
        reference_scores.cohort_text_for(None)
        == reference_scores.cohort_text_for(other)
        == "7 test patients (ET: 6)"
    )
    assert reference_scores.cohort_text_for(mine) == (
        "7 test patients (ET: 6; including this patient)"
    )
