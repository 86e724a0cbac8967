"""What is said of subsets from which a model finds little, region by region."""

from dataclasses import replace

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.population import WEAK, Population, weak_words
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.case_folder import load_case

FULL = ModalitySubset.full()
LESS = [pytest.param(s, id=str(s)) for s in ModalitySubset.every() if s != FULL]


def good_but(subset: ModalitySubset, **dice: float) -> Population:
    """0.9 everywhere, other means from one subset."""
    means = {s: dict.fromkeys(Region, 0.9) for s in ModalitySubset.every()}
    means[subset] |= {Region[name]: mean for name, mean in dice.items()}
    return Population(7, True, means)


@pytest.mark.parametrize("region", Region, ids=lambda region: region.name)
@pytest.mark.parametrize("subset", LESS)
def test_caution_is_advised_of_the_region_whose_mean_says_so(subset, region):
    population = good_but(subset, **{region.name: WEAK - 0.12})

    assert population.weak(subset) == (region,)
    assert population.caution(subset) == (
        f"from {subset.label} this model is weak: Dice of {region.name} 0.38 on average over "
        "7 unseen patients"
    )
    others = [s for s in ModalitySubset.every() if s != subset]
    assert all(population.caution(other) == "" for other in others)


def test_several_weak_regions_are_named_together():
    population = good_but(ModalitySubset.parse("T1"), WT=0.3, ET=0.1)

    assert "weak: Dice of WT 0.30, ET 0.10 on average" in population.caution(
        ModalitySubset.parse("T1")
    )
    assert weak_words(population.weak(ModalitySubset.parse("T1"))) == "weak on average: WT, ET"


def test_a_model_that_is_weak_from_everything_says_so_of_everything():
    means = {s: dict.fromkeys(Region, WEAK - 0.01) for s in ModalitySubset.every()}
    population = Population(7, True, means)
    assert all(population.weak(subset) == tuple(Region) for subset in ModalitySubset.every())
    assert weak_words(population.weak(FULL)) == "weak on average"


def test_over_whom_a_mean_is_taken_is_told_to_who_looks_at_one_of_them(brats_case):
    mine, other = load_case(brats_case("mine").path), load_case(brats_case("other").path)
    population = replace(good_but(FULL), having={Region.WT: 7, Region.ET: 6}, ids={"mine"})
    assert (
        population.over(None) == population.over(other) == "7 unseen patients (ET: the 6 with it)"
    )
    assert population.over(mine) == (
        "7 unseen patients (ET: the 6 with it; this patient among them)"
    )
