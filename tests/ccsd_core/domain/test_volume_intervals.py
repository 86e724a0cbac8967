"""An interval around a predicted volume."""

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import VolumeIntervals

FULL = ModalitySubset.full()
INTERVALS = VolumeIntervals(
    0.9,
    14,
    {s: dict.fromkeys(Region, 0.5 * (5 - len(s))) for s in ModalitySubset.every()},
    dict.fromkeys(Region, 0.9),
)


def test_the_half_width_of_the_subset_is_added_to_the_square_root_both_ways():
    full = INTERVALS.interval_ml(81, subset=FULL, region=Region.WT)
    one = INTERVALS.interval_ml(81, subset=ModalitySubset.parse("T1"), region=Region.WT)

    assert full == pytest.approx((8.5**2, 9.5**2))
    assert one == pytest.approx((7**2, 11**2))


def test_it_begins_at_nothing_and_contains_more_than_nothing():
    low, high = INTERVALS.interval_ml(0, subset=FULL, region=Region.ET)

    assert low == 0
    assert high == pytest.approx(0.25)


def test_its_title_says_what_it_was_learnt_from():
    assert INTERVALS.title.startswith("90 % prediction interval")
    assert "14 patients not used for training" in INTERVALS.title
