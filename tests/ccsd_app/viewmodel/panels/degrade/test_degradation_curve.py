"""From where on a degraded sequence is better left out: the crossing and its words."""

from dataclasses import replace

import pytest

from ccsd_app.session.on_demand import DegradationCurve, DegradationCurveKey
from ccsd_app.viewmodel.panels.degrade.degradation_curve import (
    crossing,
    crossing_words,
    degradation_plot,
)
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
KEY = DegradationCurveKey(Modality.T1C, "noise", FULL, Degradations())


def curve(*scores: float, withheld: float | None = 0.6, expert: bool = True) -> DegradationCurve:
    without = None if withheld is None else dict.fromkeys(Region, withheld)
    levels = {float(s): dict.fromkeys(Region, score) for s, score in enumerate(scores)}
    return DegradationCurve(levels, without, expert)


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ((0.9, 0.9, 0.8, 0.5), 2 + 2 / 3),
        ((0.9, 0.8, 0.7, 0.61), None),
        ((0.9, 0.5, 0.7, 0.5), 2.5),  # it was worse before, and got better again
        ((0.9, 0.5, 0.5, 0.7), None),
        ((0.5, 0.4, 0.3, 0.2), 0),
        ((0.6, 0.6, 0.6, 0.6), None),  # equal is not worse
    ],
)
def test_the_crossing_is_where_all_that_follows_is_worse_than_without(scores, found):
    points = [(float(s), score) for s, score in enumerate(scores)]
    assert crossing(points, 0.6) == (None if found is None else pytest.approx(found))


def test_the_words_name_the_crossing_in_the_units_of_the_kind(full_state):
    words = crossing_words(KEY, curve(0.9, 0.9, 0.8, 0.7, 0.5, 0.3), full_state)
    assert words == (
        "From here on, withholding T1c is better: from about noise 16 % (severity 3.5), where the "
        "mean Dice falls below 0.600. By region: WT from noise 16 % (severity 3.5); TC from noise "
        "16 % (severity 3.5); ET from noise 16 % (severity 3.5)."
    )
    kept = crossing_words(KEY, curve(0.9, 0.9, 0.8, 0.8, 0.8, 0.7), full_state)
    assert kept.startswith(
        "Up to noise 30 % (severity 5), keeping T1c is better: mean Dice 0.700 there, 0.600 without"
    )
    always = crossing_words(KEY, curve(0.5, 0.4, 0.4, 0.4, 0.4, 0.4), full_state)
    assert always.startswith(
        "Withholding T1c is better at every severity, even without degradation"
    )


def test_without_labels_nothing_is_called_better(full_state):
    case = replace(full_state.case, reference=None)
    state = replace(full_state, case=case)
    words = crossing_words(KEY, curve(1.0, 0.9, 0.8, 0.7, 0.5, 0.3, expert=False), state)
    assert "withholding T1c is closer to the undegraded prediction" in words
    assert "agreement" in words
    assert "better" not in words


def test_the_only_sequence_cannot_be_left_out(full_state):
    alone = replace(KEY, subset=ModalitySubset.of(Modality.T1C))
    plot = degradation_plot(alone, curve(0.9, 0.8, withheld=None), full_state)
    assert plot.crossing is None
    assert "only sequence" in plot.words
    assert [tick for _, tick in plot.ticks] == ["0", "3"]
    assert plot.axis == "Noise of T1c, % of the mean brain intensity"
