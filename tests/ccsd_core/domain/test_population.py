"""What is said of subsets from which a model finds little."""

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.population import WEAK, Population
from ccsd_core.domain.region import Region


@pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)
def test_caution_is_advised_where_the_mean_says_so(subset):
    weak = {s: dict.fromkeys(Region, 0.9) for s in ModalitySubset.every()}
    weak[subset] = {Region.WT: WEAK - 0.12, Region.TC: 0.9, Region.ET: 0.9}
    population = Population(7, True, weak)

    assert population.caution(subset) == (
        f"from {subset.label} this model is weak: Dice of WT 0.38 on average over 7 unseen patients"
    )
    others = [s for s in ModalitySubset.every() if s != subset]
    assert all(population.caution(other) == "" for other in others)
