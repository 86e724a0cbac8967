"""On-demand results of a state: asked for, computed, failed and tried again."""

from ccsd_app.session.on_demand import CRITICALITY, HD95, KINDS, PROBABILITIES, Kind, OnDemand
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

FULL, PAIR = ModalitySubset.full(), ModalitySubset.parse("FLAIR+T1")
DISTANCES = dict.fromkeys(Region, 2.5)


def test_what_failed_is_settled_until_it_is_requested_again():
    failed = OnDemand().with_failure(HD95, PAIR, "too large")

    assert failed.is_settled(HD95, PAIR)
    assert failed.problem(HD95, PAIR) == "too large"
    assert not failed.is_settled(HD95, FULL)
    assert not failed.is_settled(CRITICALITY)
    assert failed.asking(HD95) == OnDemand(asked=frozenset({HD95}))


def test_only_the_newest_results_are_kept_where_a_kind_says_so():
    short: Kind[int] = Kind("short", kept=2)
    found = OnDemand()
    for number, subset in enumerate(ModalitySubset.every()):
        found = found.with_value(short, subset, number).with_value(HD95, subset, DISTANCES)

    assert tuple(found.of(short).values()) == (13, 14)
    assert set(found.of(HD95)) == set(ModalitySubset.every())


def test_results_of_hidden_subsets_are_left_out_and_those_of_the_case_stay():
    bare = OnDemand().with_value(CRITICALITY, None, "of the case").with_value(HD95, FULL, DISTANCES)

    assert bare.with_value(HD95, PAIR, DISTANCES).without(frozenset({PAIR})) == bare


def test_each_kind_describes_what_is_computed():
    names = {kind.description(None if kind.of_case else PAIR) for kind in KINDS}

    assert names == {
        "probabilities of FLAIR + T1",
        "segmentation of FLAIR + T1",
        "criticality",
        "HD95 of FLAIR + T1",
        "degradation curve of FLAIR + T1",
        "degraded images of FLAIR + T1",
    }
    assert PROBABILITIES in KINDS
