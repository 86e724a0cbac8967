"""What is hidden until the user guesses: nothing of it is left in what is seen."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import hidden, without_hidden
from ccsd_app.session.on_demand import HD95, PROBABILITIES, ProbabilityMap
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]


@pytest.fixture
def guessing(full_state):
    """Everything is computed, and everything but the full set and the one without T1c is hidden."""
    return replace(full_state, guess=Guess(on=True, revealed=frozenset({NO_T1C})))


def probability_map(subset: ModalitySubset) -> ProbabilityMap:
    return ProbabilityMap(subset, np.full((3, 4, 4, 4), 200, np.uint8), (10, 10, 8))


@pytest.mark.parametrize("subset", EVERY_SUBSET)
@pytest.mark.parametrize("known", ["results", "maps", "hd95_mm"])
def test_what_is_known_of_a_subset_is_seen_only_if_it_is_not_hidden(guessing, subset, known):
    kept = {s: r for s, r in guessing.results.items() if s != subset}
    without = replace(guessing, results=kept) if known == "results" else guessing
    plant = {
        "results": lambda: without.with_result(guessing.results[subset]),
        "maps": lambda: without.with_answer(PROBABILITIES, subset, probability_map(subset)),
        "hd95_mm": lambda: without.with_answer(HD95, subset, dict.fromkeys(Region, 2.5)),
    }
    planted = replace(plant[known](), shown=guessing.shown)
    assert planted != without

    assert (without_hidden(planted) == without_hidden(without)) is (subset in hidden(guessing))
    assert (subset in hidden(guessing)) is (subset not in (FULL, NO_T1C))


def test_without_guessing_everything_is_seen(guessing):
    state = replace(guessing.with_answer(PROBABILITIES, FULL, probability_map(FULL)), guess=Guess())
    assert without_hidden(state) is state


def test_what_is_seen_still_says_what_is_hidden(guessing):
    assert hidden(without_hidden(guessing)) == hidden(guessing)
    assert len(hidden(guessing)) == 13
