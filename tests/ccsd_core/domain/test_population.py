"""What is said of subsets from which a model finds little, region by region."""

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.population import KEPT, WEAK, Population, weak_words
from ccsd_core.domain.region import Region

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


@pytest.mark.parametrize("subset", LESS)
def test_what_everything_finds_as_little_of_is_no_weakness_of_the_subset(subset):
    means = {s: dict.fromkeys(Region, 0.4) for s in ModalitySubset.every()}
    means[subset][Region.ET] = 0.4 * KEPT + 0.01

    assert Population(7, True, means).weak(subset) == ()
    assert Population(7, True, means).weak(FULL) == ()
